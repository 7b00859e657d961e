# Read the reconstructed cohorts, and fit one of them with R's survival package.
# Shared by fit_cohorts.R, pool.R and vectors.R. Needs only R >= 4.0 with the recommended package survival.

suppressPackageStartupMessages(library(survival))

CELLS <- c("neither", "sii_only", "afp_only", "both")  # cell 0, 1, 2, 3 of cohorts.csv
GROUPS <- c("low", "intermediate", "high")             # none, one, both factors high
HORIZONS <- c(3, 6, 12)

# The 12 Kaplan-Meier curves: the members of each, and its outcome, death or progression.
CURVES <- list(
  overall = function(d) rep(TRUE, nrow(d)),
  low = function(d) d$group == "low",
  intermediate = function(d) d$group == "intermediate",
  high = function(d) d$group == "high",
  neither = function(d) d$cell == 0,
  sii_only = function(d) d$cell == 1,
  afp_only = function(d) d$cell == 2,
  both = function(d) d$cell == 3,
  sii_low = function(d) d$sii_high == 0,
  sii_high = function(d) d$sii_high == 1,
  pfs_sii_low = function(d) d$sii_high == 0,
  pfs_sii_high = function(d) d$sii_high == 1
)

# A list of data frames, one per cohort. `months` and `pfs_months` are whole, as the study recorded them; latent times are
# read as whole thousandths of a month, so that a time of 0.300 and the
# grid point 3/10 are the same double, whatever the parser of decimals does in the last bit.
read_cohorts <- function(path) {
  rows <- read.csv(path)
  stopifnot(identical(names(rows), c(
    "cohort", "chain", "cell", "months", "latent_months", "death", "pfs_months", "latent_pfs_months", "progression"
  )))
  rows$latent_months <- round(rows$latent_months * 1000) / 1000
  rows$latent_pfs_months <- round(rows$latent_pfs_months * 1000) / 1000
  rows$sii_high <- as.integer(rows$cell %in% c(1, 3))
  rows$afp_high <- as.integer(rows$cell %in% c(2, 3))
  rows$group <- GROUPS[rows$sii_high + rows$afp_high + 1]
  split(rows, rows$cohort)
}

# Members of one curve as latent time and event.
members <- function(curve, d) {
  d <- d[CURVES[[curve]](d), ]
  if (startsWith(curve, "pfs")) {
    data.frame(time = d$latent_pfs_months, event = d$progression)
  } else {
    data.frame(time = d$latent_months, event = d$death)
  }
}

kaplan_meier <- function(time, event) survfit(Surv(time, event) ~ 1)

# S(t) and Greenwood's standard error of S(t); both keep their last value beyond the last observation.
# survfit holds the standard error of log S, which times S is Greenwood's; where S is 0 it is not defined.
kaplan_meier_at <- function(fit, times) {
  step <- findInterval(times, fit$time) + 1
  data.frame(survival = c(1, fit$surv)[step], se = c(0, fit$surv * fit$std.err)[step])
}

# First time with S <= 0.5, and its standard error as SPSS prints it: Greenwood's standard error of S there divided by
# the slope of S between the last time with S >= 0.55 and the first with S <= 0.45.
median_with_se <- function(fit) {
  tiny <- 1e-12
  steps <- data.frame(time = c(0, fit$time), s = c(1, fit$surv), se = c(0, fit$surv * fit$std.err))
  steps <- steps[c(TRUE, fit$n.event > 0), ]
  half <- steps[which(steps$s <= 0.5 + tiny)[1], ]
  before <- steps[max(which(steps$s >= 0.55 - tiny)), ]
  after <- steps[which(steps$s <= 0.45 + tiny)[1], ]
  c(half$time, half$se / ((before$s - after$s) / (after$time - before$time)))
}

# Newton-Raphson to the last digits: coxph stops as soon as the log likelihood changes by less than sqrt(eps).
cox <- function(formula, d, ties = "breslow") {
  coxph(formula, data = d, ties = ties, control = coxph.control(eps = 1e-11, iter.max = 50))
}

cox_both_factors <- function(d) cox(Surv(months, death) ~ sii_high + afp_high, d)

# The fit to the recorded times with the baseline of the latent times: coxph without a step from the given coefficients,
# then the covariance of the fit to the recorded times.
on_latent_times <- function(fit, d) {
  latent <- coxph(
    Surv(latent_months, death) ~ sii_high + afp_high, data = d, ties = "breslow", init = coef(fit),
    control = coxph.control(iter.max = 0)
  )
  latent$var <- fit$var
  latent
}

# Per cell (columns) and time (rows): cumulative hazard after Breslow, and its standard error with that of the coefficients.
# `fit` is that of `on_latent_times`.
cox_cells_at <- function(fit, times) {
  cells <- data.frame(sii_high = c(0, 1, 0, 1), afp_high = c(0, 0, 1, 1))
  curves <- survfit(fit, newdata = cells, stype = 2, ctype = 1, se.fit = TRUE)
  stopifnot(isTRUE(all.equal(unname(curves$surv), unname(exp(-curves$cumhaz)), tolerance = 1e-14)))
  step <- findInterval(times, curves$time) + 1
  list(
    hazard = rbind(0, unname(curves$cumhaz))[step, , drop = FALSE],
    se = rbind(0, unname(curves$std.err))[step, , drop = FALSE]
  )
}

log_rank_p <- function(formula, d) {
  test <- survdiff(formula, data = d)
  pchisq(test$chisq, df = length(test$n) - 1, lower.tail = FALSE)
}

digits <- function(x) ifelse(is.na(x), "NA", formatC(as.numeric(x), digits = 12, format = "g", width = 1))

write_frozen <- function(table, path) {
  numeric <- vapply(table, is.numeric, logical(1))
  table[numeric] <- lapply(table[numeric], digits)
  write.csv(table, path, row.names = FALSE, quote = FALSE)
}

sha256 <- function(path) sub(" .*", "", system2("sha256sum", shQuote(path), stdout = TRUE))

# One row per frozen file: its digest, the digest of the cohorts, and the versions of R and survival.
record_made_from <- function(output, cohorts, ledger) {
  row <- data.frame(
    output = basename(output), sha256 = sha256(output), cohorts_sha256 = sha256(cohorts),
    r = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival"))
  )
  rows <- if (file.exists(ledger)) read.csv(ledger, colClasses = "character") else NULL
  rows <- rbind(rows[rows$output != row$output, ], row)
  write.csv(rows[order(rows$output), ], ledger, row.names = FALSE, quote = FALSE)
}

# Paths: by default those of the repository; two arguments name another cohorts file and another folder for the output.
paths <- function() {
  given <- commandArgs(trailingOnly = TRUE)
  if (length(given) == 0) {
    list(cohorts = "model/hong2021/cohorts.csv", frozen = "tests/reference", model = "model/hong2021")
  } else {
    list(cohorts = given[1], frozen = given[2], model = given[2])
  }
}
