# Pool the cohorts by Rubin's rules, from R's own fits: pooled.csv (curves on the grid), pooled_curves.csv (one row
# per curve: size, events, number at risk, median) and pooled_model.csv (coefficients, hazard ratios, discrimination).
# From the repository's root: Rscript tests/reference/pool.R [cohorts.csv output-folder]

source("tests/reference/cohort_survival.R")
source("tests/reference/pooling.R")

AT_RISK <- c(0, 3, 6, 9, 12)

# Pooled: the mean of S; its limits on the scale of theta.
pool_kaplan_meier <- function(curve, on_grid) {
  curve_table(curve, colMeans(on_grid$survival), on_grid$theta, on_grid$within, on_grid$had_event)
}

first_time <- function(reached) if (any(reached)) GRID[which(reached)[1]] else NA_real_

# The median and its limits are where the pooled curve and its limits first reach one half.
medians <- function(on_grid) {
  pooled <- pool_kaplan_meier("", on_grid)
  c(
    median_months = first_time(pooled$survival <= 0.5),
    median_lower = first_time(!is.na(pooled$lower) & pooled$lower <= 0.5),
    median_upper = first_time(!is.na(pooled$upper) & pooled$upper <= 0.5)
  )
}

# Cox-predicted survival of a cell: the pooled theta = log H(t | cell). A cohort without any death by t has no finite
# theta and is given half an event: baseline hazard 0.5 / sum of exp(lp), variance of log H 2. It is 1 while fewer than half
# of the cohorts have had a death.
pool_cox <- function(cell, cohorts, fits) {
  predicted <- Map(function(fit, d) cox_cells_at(on_latent_times(fit, d), GRID), fits, cohorts)
  hazard <- do.call(rbind, lapply(predicted, function(p) p$hazard[, cell]))
  se <- do.call(rbind, lapply(predicted, function(p) p$se[, cell]))
  everybody <- vapply(fits, function(fit) sum(exp(predict(fit, type = "lp", reference = "zero"))), 1)
  high <- c(cell %in% c(2, 4), cell %in% c(3, 4))
  relative <- vapply(fits, function(fit) exp(sum(coef(fit) * high)), 1)
  none <- hazard == 0
  theta <- log(ifelse(none, 0.5 / everybody * relative, hazard))
  within <- ifelse(none, 2, (se / hazard)^2)
  early <- colMeans(!none) < 0.5
  survival <- ifelse(early, 1, exp(-exp(colMeans(theta))))
  curve_table(paste0("cox_", CELLS[cell]), survival, theta, within, colMeans(!none))
}

# Smallest, median (the lower of two middle values, so that it is a whole number) and largest over the cohorts.
spread <- function(x, name) {
  setNames(c(min(x), quantile(x, 0.5, type = 1), max(x)), paste0(name, c("_min", "_median", "_max")))
}

describe_curve <- function(curve, cohorts, on_grid) {
  all_members <- lapply(cohorts, function(d) members(curve, d))
  sizes <- unique(vapply(all_members, nrow, 1L))
  stopifnot(length(sizes) == 1)
  numbers <- c(
    n = sizes,
    spread(vapply(all_members, function(m) sum(m$event), 1), "events"),
    medians(on_grid)
  )
  for (t in AT_RISK) {
    numbers <- c(numbers, spread(vapply(all_members, function(m) sum(m$time >= t), 1), paste0("at_risk_", t)))
  }
  data.frame(curve = curve, t(numbers))
}

hazard_ratio <- function(name, estimate, variance) {
  se <- sqrt(variance)
  setNames(
    c(exp(estimate), exp(estimate - Z * se), exp(estimate + Z * se), 2 * pnorm(-abs(estimate / se))),
    paste0("hazard_ratio_", name, c("", "_lower", "_upper", "_p"))
  )
}

# Gonen and Heller: the mean over pairs of 1/(1 + exp(-|difference of linear predictors|)), so that ties count a half.
gonen_heller <- function(estimate, d) {
  lp <- d$sii_high * estimate[1] + d$afp_high * estimate[2]
  difference <- abs(outer(lp, lp, `-`))
  mean((1 / (1 + exp(-difference)))[upper.tri(difference)])
}

pool_model <- function(cohorts, fits) {
  m <- length(fits)
  coefficients <- do.call(rbind, lapply(fits, coef))
  estimate <- unname(colMeans(coefficients))
  within <- Reduce(`+`, lapply(fits, vcov)) / m
  between <- var(coefficients)
  total <- within + (1 + 1 / m) * between
  entries <- function(v, name) setNames(c(v[1, 1], v[1, 2], v[2, 2]), paste0(name, c("_sii", "_sii_afp", "_afp")))
  found <- lapply(fits, concordance)
  c_index <- vapply(found, function(one) one$concordance[[1]], 1)
  c_variance <- mean(vapply(found, function(one) one$var[[1]], 1)) + (1 + 1 / m) * var(c_index)
  c(
    cohorts = m, coefficient_sii = estimate[1], coefficient_afp = estimate[2],
    entries(within, "within"), entries(between, "between"), entries(total, "covariance"),
    hazard_ratio("sii", estimate[1], total[1, 1]),
    hazard_ratio("afp", estimate[2], total[2, 2]),
    hazard_ratio("both", sum(estimate), sum(total)),
    c_index_mean = mean(c_index), c_index_min = min(c_index), c_index_max = max(c_index),
    c_index_lower = mean(c_index) - Z * sqrt(c_variance), c_index_upper = mean(c_index) + Z * sqrt(c_variance),
    gonen_heller = gonen_heller(estimate, cohorts[[1]])
  )
}

at <- paths()
cohorts <- read_cohorts(at$cohorts)
fits <- lapply(cohorts, cox_both_factors)
on_grid <- lapply(names(CURVES), kaplan_meier_on_grid, cohorts = cohorts)
observed <- Map(pool_kaplan_meier, names(CURVES), on_grid)
predicted <- lapply(seq_along(CELLS), pool_cox, cohorts = cohorts, fits = fits)
model <- pool_model(cohorts, fits)
tables <- list(
  pooled.csv = do.call(rbind, unname(c(observed, predicted))),
  pooled_curves.csv = do.call(rbind, unname(Map(describe_curve, names(CURVES), list(cohorts), on_grid))),
  pooled_model.csv = data.frame(quantity = names(model), value = unname(model))
)
for (name in names(tables)) {
  output <- file.path(at$frozen, name)
  write_frozen(tables[[name]], output)
  record_made_from(output, at$cohorts, file.path(at$frozen, "made_from.csv"))
  cat(name, nrow(tables[[name]]), "rows\n", sep = " ")
}
