# Shared by pool.R and alternatives.R: Rubin's rules, and the limits of a pooled survival curve.

GRID <- (0:120) / 10
Z <- qnorm(0.975)

# Rubin: rows are cohorts, columns are times. Returns per time the within, between and total variance.
rubin <- function(theta, within) {
  m <- nrow(theta)
  between <- (1 + 1 / m) * apply(theta, 2, var)
  list(between = between, total = colMeans(within) + between)
}

# The quantile of the equal mixture of the cohorts' normal distributions of theta, per time, by bisection.
mixture_quantile <- function(theta, se, p) {
  low <- apply(theta - 9 * se, 2, min)
  high <- apply(theta + 9 * se, 2, max)
  for (step in 1:70) {
    middle <- (low + high) / 2
    reached <- colMeans(pnorm((rep(middle, each = nrow(theta)) - theta) / se)) >= p
    high <- ifelse(reached, middle, high)
    low <- ifelse(reached, low, middle)
  }
  (low + high) / 2
}

# A survival curve with the limits of the mixture, which never rise either. They are missing while fewer than half of the
# cohorts have had an event. The share is that of Rubin's rules.
curve_table <- function(curve, survival, theta, within, had_event) {
  rules <- rubin(theta, within)
  lower <- exp(-exp(mixture_quantile(theta, sqrt(within), 0.975)))
  upper <- exp(-exp(mixture_quantile(theta, sqrt(within), 0.025)))
  data.frame(
    curve = curve, time = GRID, survival = survival,
    lower = ifelse(had_event < 0.5, NA, pmin(rev(cummax(rev(lower))), survival)),
    upper = ifelse(had_event < 0.5, NA, pmax(cummin(ifelse(had_event < 0.5, 1, upper)), survival)),
    share = rules$between / rules$total
  )
}

# Each cohort's Kaplan-Meier curve on the grid (rows are cohorts), with theta = log(-log S) and its variance. A cohort
# still at 1 or already at 0 has no such value and is given half an event: S = 1 - 0.5/n or 0.5/n, with the binomial
# variance of this S.
kaplan_meier_on_grid <- function(curve, cohorts) {
  fits <- lapply(cohorts, function(d) {
    m <- members(curve, d)
    kaplan_meier_at(kaplan_meier(m$time, m$event), GRID)
  })
  s <- do.call(rbind, lapply(fits, `[[`, "survival"))
  variance <- do.call(rbind, lapply(fits, `[[`, "se"))^2
  n <- nrow(members(curve, cohorts[[1]]))
  half <- s
  half[s == 1] <- 1 - 0.5 / n
  half[s == 0] <- 0.5 / n
  finite <- s > 0 & s < 1
  within <- ifelse(finite, variance / (s * log(s))^2, (1 - half) / (n * half * log(half)^2))
  list(survival = s, theta = log(-log(half)), within = within, had_event = colMeans(s < 1))
}
