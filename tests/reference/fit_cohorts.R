# Refit every reconstructed cohort with R survival: one row each in cohort_fits.csv.
# From the repository's root: Rscript tests/reference/fit_cohorts.R [cohorts.csv output-folder]

source("tests/reference/cohort_survival.R")

fit_cohort <- function(d) {
  both <- cox_both_factors(d)
  efron <- cox(Surv(months, death) ~ sii_high + afp_high, d, ties = "efron")
  sii <- cox(Surv(months, death) ~ sii_high, d)
  afp <- cox(Surv(months, death) ~ afp_high, d)
  os <- median_with_se(kaplan_meier(d$months, d$death))
  pfs <- median_with_se(kaplan_meier(d$pfs_months, d$progression))
  row <- c(
    sii_coef = coef(both)[[1]], afp_coef = coef(both)[[2]],
    sii_se = sqrt(vcov(both)[1, 1]), afp_se = sqrt(vcov(both)[2, 2]), covariance = vcov(both)[1, 2],
    sii_alone_coef = coef(sii)[[1]], sii_alone_se = sqrt(vcov(sii)[1, 1]),
    afp_alone_coef = coef(afp)[[1]], afp_alone_se = sqrt(vcov(afp)[1, 1]),
    efron_sii_coef = coef(efron)[[1]], efron_afp_coef = coef(efron)[[2]],
    log_rank_sii_p = log_rank_p(Surv(months, death) ~ sii_high, d),
    log_rank_groups_p = log_rank_p(Surv(months, death) ~ group, d),
    log_rank_cells_p = log_rank_p(Surv(months, death) ~ cell, d),
    log_rank_pfs_sii_p = log_rank_p(Surv(pfs_months, progression) ~ sii_high, d),
    os_median = os[1], os_median_se = os[2], pfs_median = pfs[1], pfs_median_se = pfs[2],
    deaths = sum(d$death), progressions = sum(d$progression), follow_up_median = median(d$months),
    c_index = concordance(both)$concordance[[1]]
  )
  for (curve in names(CURVES)) {
    m <- members(curve, d)
    at <- kaplan_meier_at(kaplan_meier(m$time, m$event), HORIZONS)
    row[paste0("km_", curve, "_", HORIZONS)] <- at$survival
    row[paste0("km_", curve, "_", HORIZONS, "_se")] <- at$se
  }
  predicted <- cox_cells_at(on_latent_times(both, d), HORIZONS)
  for (cell in seq_along(CELLS)) {
    row[paste0("cox_", CELLS[cell], "_", HORIZONS)] <- exp(-predicted$hazard[, cell])
    row[paste0("cox_", CELLS[cell], "_", HORIZONS, "_hazard_se")] <- predicted$se[, cell]
  }
  row
}

at <- paths()
cohorts <- read_cohorts(at$cohorts)
fits <- do.call(rbind, lapply(cohorts, fit_cohort))
fits <- data.frame(cohort = as.integer(names(cohorts)), fits)
fits <- fits[order(fits$cohort), ]
output <- file.path(at$frozen, "cohort_fits.csv")
write_frozen(fits, output)
record_made_from(output, at$cohorts, file.path(at$frozen, "made_from.csv"))
cat("cohort_fits.csv:", nrow(fits), "cohorts,", ncol(fits) - 1, "results each\n")
