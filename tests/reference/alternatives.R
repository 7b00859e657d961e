# Survival adjusted for larger studies and the scenario: alternatives.csv (groups on the grid) and
# alternative_ratios.csv (hazard ratios). The baseline is found by bisection and the variance by numerical differentiation.
# From the repository's root: Rscript tests/reference/alternatives.R [cohorts.csv output-folder]

source("tests/reference/cohort_survival.R")
source("tests/reference/pooling.R")

# As printed: the study's Table 2 (multivariable), Li 2025 (SII) and ESMO 2021 952P (AFP, the inverse of 0.59).
STUDY <- rbind(sii = c(2.211, 1.089, 4.489), afp = c(2.750, 1.259, 6.010))
LARGER <- rbind(sii = c(1.64, 1.45, 1.85), afp = c(1.69, 1.28, 2.22))
MEDIAN <- 10.6 # months, RESORCE
SIZES <- c(14, 12, 15, 17)
SII <- c(0, 1, 0, 1)
AFP <- c(0, 0, 1, 1)
GROUPS <- list(low = 1, intermediate = 2:3, high = 4)

log_ratio <- function(row) log(row[1])
error <- function(row) log(row[3] / row[2]) / (2 * Z)

# Normal prior with the variance of the predictive distribution, normal likelihood: the product of the two densities.
combine <- function(tau, total) {
  prior <- apply(LARGER, 1, error)^2 + tau^2
  own <- apply(STUDY, 1, error)^2
  variance <- 1 / (1 / own + 1 / prior)
  estimate <- variance * (apply(STUDY, 1, log_ratio) / own + apply(LARGER, 1, log_ratio) / prior)
  share <- variance / own
  covariance <- diag(variance)
  covariance[1, 2] <- covariance[2, 1] <- prod(share) * total[1, 2]
  list(estimate = estimate, covariance = covariance)
}

# The cumulative baseline hazard at which all members together have this survival, by bisection; one per time.
baseline <- function(survival, b) {
  relative <- exp(b[1] * SII + b[2] * AFP)
  low <- rep(0, length(survival))
  high <- rep(50, length(survival))
  for (step in 1:90) {
    middle <- (low + high) / 2
    alive <- colSums(SIZES / sum(SIZES) * exp(-outer(relative, middle)))
    low <- ifelse(alive > survival, middle, low)
    high <- ifelse(alive > survival, high, middle)
  }
  (low + high) / 2
}

group_survival <- function(group, survival, b) {
  cells <- GROUPS[[group]]
  relative <- exp(b[1] * SII + b[2] * AFP)[cells]
  colSums(SIZES[cells] / sum(SIZES[cells]) * exp(-outer(relative, baseline(survival, b))))
}

# theta of a group as a function of theta of all members and of the coefficients.
theta_of <- function(group, theta, b) log(-log(group_survival(group, exp(-exp(theta)), b)))

variance_of <- function(group, theta, within, effect) {
  step <- 1e-4
  b <- effect$estimate
  by_theta <- (theta_of(group, theta + step, b) - theta_of(group, theta - step, b)) / (2 * step)
  by_b <- sapply(1:2, function(k) {
    h <- replace(c(0, 0), k, step)
    (theta_of(group, theta, b + h) - theta_of(group, theta, b - h)) / (2 * step)
  })
  by_theta^2 * within + rowSums((by_b %*% effect$covariance) * by_b)
}

alternative <- function(id, power, effect, on_grid) {
  overall <- colMeans(on_grid$survival)
  do.call(rbind, lapply(names(GROUPS), function(group) {
    theta <- on_grid$theta + log(power)
    of_group <- t(apply(theta, 1, function(one) theta_of(group, one, effect$estimate)))
    within <- t(vapply(
      seq_len(nrow(theta)),
      function(i) variance_of(group, theta[i, ], on_grid$within[i, ], effect),
      numeric(length(GRID))
    ))
    survival <- group_survival(group, overall^power, effect$estimate)
    data.frame(alternative = id, curve_table(group, survival, of_group, within, on_grid$had_event))
  }))
}

ratios <- function(tau_sii, tau_afp, effect) {
  variance <- c(diag(effect$covariance), sum(effect$covariance))
  estimate <- c(effect$estimate, sum(effect$estimate))
  data.frame(
    tau_sii = tau_sii, tau_afp = tau_afp, factor = c("sii", "afp", "combined"), hazard_ratio = exp(estimate),
    lower = exp(estimate - Z * sqrt(variance)), upper = exp(estimate + Z * sqrt(variance))
  )
}

at <- paths()
cohorts <- read_cohorts(at$cohorts)
fits <- lapply(cohorts, cox_both_factors)
total <- Reduce(`+`, lapply(fits, vcov)) / length(fits) +
  (1 + 1 / length(fits)) * var(do.call(rbind, lapply(fits, coef)))
on_grid <- kaplan_meier_on_grid("overall", cohorts)
effect <- combine(c(0.3, 0.2), total)
power <- log(0.5) / log(colMeans(on_grid$survival)[GRID == MEDIAN])
tau <- expand.grid(afp = c(0.1, 0.2), sii = c(0.2, 0.3, 0.38))
tables <- list(
  alternatives.csv = rbind(alternative("adjusted", 1, effect, on_grid), alternative("scenario", power, effect, on_grid)),
  alternative_ratios.csv = do.call(rbind, Map(
    function(sii, afp) ratios(sii, afp, combine(c(sii, afp), total)), tau$sii, tau$afp
  ))
)
for (name in names(tables)) {
  output <- file.path(at$frozen, name)
  write_frozen(tables[[name]], output)
  record_made_from(output, at$cohorts, file.path(at$frozen, "made_from.csv"))
  cat(name, nrow(tables[[name]]), "rows\n", sep = " ")
}
