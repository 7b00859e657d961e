# Write 5,000 reference vectors, from raw laboratory values in mixed units to survival: vectors.csv.gz, shipped with the
# model. A third of them is near the SII cut-off and a third near the AFP cut-off: exactly at it, just below, just above.
# From the repository's root, after pool.R: Rscript tests/reference/vectors.R [cohorts.csv output-folder]

source("tests/reference/cohort_survival.R")

COUNT <- 5000
AT_EACH_EDGE <- 700  # vectors exactly on, and as many just below and just above, for each of the two cut-offs
SII_CUTOFF <- 340    # 10*9/L
AFP_CUTOFF <- 400    # ng/mL
LARGEST_EXACT <- 2^53

# Every number below is a whole number of thousandths held in a double, so sums and products under 2^53 are exact:
# a count in thousandths of 10*9/L (that is, per uL), a printed value in thousandths of its unit, and AFP in
# millionths of ng/mL. The comparisons with the cut-offs never divide.

# Printed unit -> thousandths of 10*9/L in one unit.
COUNT_UNITS <- c(
  "10*9/L" = 1000, "10*3/uL" = 1000, "10*3/mm3" = 1000, "/uL" = 1, "{cells}/uL" = 1, "/mm3" = 1, "10*6/L" = 1,
  "K/uL" = 1000, "x10*3/uL" = 1000, "10^9/L" = 1000, "10^3/uL" = 1000, "G/L" = 1000, "Giga/L" = 1000, "thou/uL" = 1000
)
# Printed unit -> thousandths of ng/mL in one unit; 1 IU of AFP is 1.21 ng.
AFP_UNITS <- c(
  "ng/mL" = 1000, "ug/L" = 1000, "mcg/L" = 1000, "\u00b5g/L" = 1000, "pg/mL" = 1, "ng/L" = 1, "ug/mL" = 1e6,
  "[IU]/mL" = 1210, "k[IU]/L" = 1210, "[iU]/mL" = 1210, "kU/L" = 1210, "IU/mL" = 1210, "kIU/L" = 1210
)
OLD_IU <- 1280  # thousandths of ng in an IU by the first calibration: between the two the side of the cut-off is open

draw <- function(x, n) x[sample.int(length(x), n, replace = TRUE)]

exact <- function(x) {
  stopifnot(all(x == round(x)), all(abs(x) < LARGEST_EXACT))
  x
}

# Thousandths as a decimal string with the given number of decimals (0 to 3), which must hold the value exactly.
decimal <- function(thousandths, decimals) {
  last <- 10^(3 - decimals)
  stopifnot(all(thousandths %% last == 0))
  fraction <- (thousandths %% 1000) %/% last
  ifelse(
    decimals == 0, sprintf("%.0f", thousandths %/% 1000),
    sprintf("%.0f.%0*.0f", thousandths %/% 1000, as.integer(decimals), fraction)
  )
}

decimals_needed <- function(thousandths) {
  ifelse(thousandths %% 1000 == 0, 0, ifelse(thousandths %% 100 == 0, 1, ifelse(thousandths %% 10 == 0, 2, 3)))
}

# --- The three counts -------------------------------------------------------------------------------------------------

# SII >= 340, exactly: platelets x neutrophils >= 340 x lymphocytes, with 340 in thousandths to match the left side.
sii_is_high <- function(p, n, l) exact(p * n) >= exact(SII_CUTOFF * 1000 * l)

sii_is_on <- function(p, n, l) exact(p * n) == exact(SII_CUTOFF * 1000 * l)

# Triples with SII = 340 exactly: neutrophils and lymphocytes in hundredths, platelets with at most one decimal.
on_the_sii_cutoff <- function(count) {
  grid <- expand.grid(n = 10 * (50:1500), l = 10 * (30:400))
  grid$p <- SII_CUTOFF * 1000 * grid$l / grid$n
  grid <- grid[(SII_CUTOFF * 1000 * grid$l) %% (100 * grid$n) == 0 & grid$p >= 20000 & grid$p <= 900000, ]
  stopifnot(all(sii_is_on(grid$p, grid$n, grid$l)))
  # Laboratories print whole platelets; the few with a decimal are kept too.
  grid[sample.int(nrow(grid), count, prob = ifelse(grid$p %% 1000 == 0, 3, 1)), c("p", "n", "l")]
}

ordinary_counts <- function(count) {
  tens <- function(x, unit) pmax(1, round(x / unit)) * unit
  data.frame(
    p = tens(exp(rnorm(count, log(140000), 0.5)), 1000),
    n = tens(exp(rnorm(count, log(4000), 0.5)), draw(c(1, 10, 10, 100), count)),
    l = tens(exp(rnorm(count, log(1300), 0.45)), draw(c(1, 10, 10, 100), count))
  )
}

# The limits of possible values, 10*9/L: platelets 1 to 3000, neutrophils and lymphocytes 0.01 to 200.
at_the_ends <- function(counts) {
  ends <- list(p = c(1, 3000), n = c(0.01, 200), l = c(0.01, 200))
  for (analyte in names(ends)) counts[sample.int(nrow(counts), 10), analyte] <- rep(ends[[analyte]] * 1000, 5)
  counts
}

# A unit and a number of decimals per value; a unit of single cells has no decimals.
printed_count <- function(thousandths) {
  unit <- draw(names(COUNT_UNITS), length(thousandths))
  needed <- decimals_needed(thousandths)
  decimals <- ifelse(COUNT_UNITS[unit] == 1, 0, pmax(needed, draw(0:2, length(thousandths))))
  data.frame(unit, decimals, step = ifelse(COUNT_UNITS[unit] == 1, 1, 10^(3 - decimals)))
}

# Just below or above: one of the three values differs by one in its last printed digit.
nudge <- function(counts, steps, direction) {
  moved <- draw(c("p", "n", "l"), nrow(counts))
  for (analyte in c("p", "n", "l")) {
    sign <- if (analyte == "l") -direction else direction
    rows <- moved == analyte
    counts[rows, analyte] <- counts[rows, analyte] + sign * steps[[analyte]][rows]
  }
  counts
}

count_text <- function(thousandths, unit, decimals) {
  decimal(ifelse(COUNT_UNITS[unit] == 1, 1000 * thousandths, thousandths), decimals)
}

draw_counts <- function(kind) {
  counts <- data.frame(p = numeric(COUNT), n = 0, l = 0)
  counts[kind == "ordinary", ] <- at_the_ends(ordinary_counts(sum(kind == "ordinary")))
  counts[kind != "ordinary", ] <- on_the_sii_cutoff(sum(kind != "ordinary"))
  printed <- lapply(counts, printed_count)
  steps <- as.data.frame(lapply(printed, `[[`, "step"))
  direction <- c(below = -1, above = 1)
  for (side in names(direction)) {
    rows <- kind == side
    counts[rows, ] <- nudge(counts[rows, ], steps[rows, ], direction[[side]])
  }
  high <- sii_is_high(counts$p, counts$n, counts$l)
  stopifnot(
    all(sii_is_on(counts$p, counts$n, counts$l)[kind == "on"]), all(high[kind %in% c("on", "above")]),
    !any(high[kind == "below"])
  )
  text <- Map(function(value, how) count_text(value, how$unit, how$decimals), counts, printed)
  data.frame(
    neutrophils = text$n, neutrophils_unit = printed$n$unit,
    lymphocytes = text$l, lymphocytes_unit = printed$l$unit,
    platelets = text$p, platelets_unit = printed$p$unit,
    sii = digits(counts$p * counts$n / counts$l / 1000), sii_high = as.integer(high)
  )
}

# --- AFP --------------------------------------------------------------------------------------------------------------

# Millionths of ng/mL of a printed value in thousandths of its unit.
afp_millionths <- function(thousandths, unit) exact(thousandths * AFP_UNITS[unit])

# The side of the cut-off; NA if comparator or unit leave it open, which no vector may have. In IU it is open from 312 to
# 331, where the two calibrations disagree, rounded outward to whole units.
afp_is_high <- function(thousandths, unit, comparator) {
  cutoff <- AFP_CUTOFF * 1e6
  value <- afp_millionths(thousandths, unit)
  high <- value >= cutoff
  low <- ifelse(comparator == "<", value <= cutoff, value < cutoff)
  from <- (AFP_CUTOFF * 1000) %/% OLD_IU * 1000
  to <- -((-AFP_CUTOFF * 1000) %/% AFP_UNITS[["IU/mL"]]) * 1000
  open <- AFP_UNITS[unit] == AFP_UNITS[["IU/mL"]] & thousandths >= from & thousandths <= to
  open <- open | (comparator %in% c("<", "<=") & !low) | (comparator %in% c(">", ">=") & !high)
  ifelse(open, NA, high & !comparator %in% c("<", "<="))
}

afp_rows <- function(text) {
  table <- read.table(text = text, col.names = c("comparator", "afp", "unit"), colClasses = "character", sep = "|")
  table[] <- lapply(table, trimws)
  table
}

EDGE <- list(
  on = afp_rows(
    " |400|ng/mL\n |400.0|ng/mL\n |400.00|ng/mL\n |400.000|ng/mL\n |400|ug/L\n |400.0|ug/L\n |400.00|mcg/L
     |400|\u00b5g/L\n |400.0|\u00b5g/L\n |400000|pg/mL\n |400000.0|pg/mL\n |400000|ng/L\n |0.4|ug/mL\n |0.40|ug/mL
     |0.400|ug/mL\n<|400|ng/mL\n<|400.0|ug/L\n<|400000|pg/mL\n<|0.4|ug/mL\n>|400|ng/mL\n>|400.0|mcg/L\n>|0.400|ug/mL
    >=|400|ng/mL\n>=|400.00|ug/L\n>=|400000|ng/L"
  ),
  below = afp_rows(
    " |399|ng/mL\n |399.9|ng/mL\n |399.99|ng/mL\n |399.999|ng/mL\n |399|ug/L\n |399.9|mcg/L\n |399.99|\u00b5g/L
     |399999|pg/mL\n |399999.9|pg/mL\n |399999|ng/L\n |0.399|ug/mL\n<=|399|ng/mL\n<=|399.9|ug/L\n<|399.9|ng/mL
     |311.9|[IU]/mL\n |311.99|IU/mL\n |311|k[IU]/L\n |311.999|kU/L\n |311.9|[iU]/mL\n |311.90|kIU/L"
  ),
  above = afp_rows(
    " |401|ng/mL\n |400.1|ng/mL\n |400.01|ng/mL\n |400.001|ng/mL\n |401|ug/L\n |400.1|mcg/L\n |400.01|\u00b5g/L
     |400001|pg/mL\n |400000.1|pg/mL\n |400001|ng/L\n |0.401|ug/mL\n>|401|ng/mL\n>=|400.1|ug/L\n>=|400001|pg/mL
     |331.1|[IU]/mL\n |331.01|IU/mL\n |332|k[IU]/L\n |331.001|kU/L\n |331.1|[iU]/mL\n |331.10|kIU/L"
  )
)
CENSORED <- afp_rows(
  "<|0.5|ng/mL\n<|1.3|ug/L\n<|2|ng/mL\n<=|3.0|mcg/L\n<|10|\u00b5g/L\n<|500|pg/mL\n<|0.7|[IU]/mL\n<|1.0|IU/mL
   <=|5|kU/L\n>|1210|ng/mL\n>|2000|ng/mL\n>=|1000|ug/L\n>|60500|ng/mL\n>|121000|mcg/L\n>|60.5|ug/mL\n>|1000|[IU]/mL
   >|50000|kU/L\n>=|100000|k[IU]/L"
)
ENDS <- afp_rows(" |0|ng/mL\n |0.0|[IU]/mL\n |10000000|ng/mL\n |10000|ug/mL\n |2000000|ug/L\n |8000000|kIU/L")

# From 1 to 300,000 of ng or IU per mL, with about three figures, as printed.
ordinary_afp <- function(count) {
  unit <- draw(names(AFP_UNITS), count)
  x <- exp(runif(count, log(1), log(300000)))
  in_ng <- ifelse(x < 10, round(x, 2), ifelse(x < 100, round(x, 1), round(x)))
  decimals <- ifelse(x < 10, 2, ifelse(x < 100, 1, 0))
  thousandths <- round(in_ng * 1000)
  single <- AFP_UNITS[unit] == 1
  microgram <- AFP_UNITS[unit] == 1e6
  decimals[single] <- 0
  decimals[microgram] <- 3
  thousandths[single] <- thousandths[single] * 1000
  thousandths[microgram] <- pmax(1, round(in_ng[microgram]))
  data.frame(comparator = "", afp = decimal(thousandths, decimals), unit = unit)
}

# Thousandths of the unit from the printed digits: whole part and fraction separately, so that nothing is rounded.
as_thousandths <- function(text) {
  whole <- as.numeric(sub("\\..*", "", text))
  fraction <- ifelse(grepl(".", text, fixed = TRUE), sub(".*\\.", "", text), "")
  whole * 1000 + as.numeric(substr(paste0(fraction, "000"), 1, 3))
}

draw_afp <- function(kind) {
  afp <- data.frame(comparator = character(COUNT), afp = "", unit = "")
  for (edge in names(EDGE)) {
    afp[kind == edge, ] <- EDGE[[edge]][draw(seq_len(nrow(EDGE[[edge]])), sum(kind == edge)), ]
  }
  ordinary <- which(kind == "ordinary")
  afp[ordinary, ] <- ordinary_afp(length(ordinary))
  censored <- sample(ordinary, 240)
  afp[censored, ] <- CENSORED[draw(seq_len(nrow(CENSORED)), length(censored)), ]
  ends <- sample(setdiff(ordinary, censored), 5 * nrow(ENDS))
  afp[ends, ] <- ENDS[rep(seq_len(nrow(ENDS)), 5), ]
  side <- function(rows) afp_is_high(as_thousandths(rows$afp), rows$unit, rows$comparator)
  while (any(open <- is.na(side(afp)))) {  # an IU value whose side is open: draw again
    afp[open, ] <- ordinary_afp(sum(open))
  }
  high <- unname(side(afp))
  stopifnot(!any(high[kind == "below"]), all(high[kind == "above"]))
  data.frame(
    afp_comparator = afp$comparator, afp = afp$afp, afp_unit = afp$unit, afp_high = as.integer(high)
  )
}

# --- The answers, from R's own pooled results ---------------------------------------------------------------------------

survival_at <- function(pooled, curves, months) {
  rows <- pooled[pooled$time == months, ]
  digits(rows$survival[match(curves, rows$curve)])
}

answers <- function(sii_high, afp_high, frozen) {
  pooled <- read.csv(file.path(frozen, "pooled.csv"))
  model <- read.csv(file.path(frozen, "pooled_model.csv"))
  coefficient <- function(name) model$value[model$quantity == paste0("coefficient_", name)]
  cell <- CELLS[1 + sii_high + 2 * afp_high]
  group <- GROUPS[1 + sii_high + afp_high]
  table <- data.frame(
    cell, risk_group = group, hr_neither = digits(exp(coefficient("sii") * sii_high + coefficient("afp") * afp_high))
  )
  for (months in HORIZONS) table[[paste0("km", months)]] <- survival_at(pooled, group, months)
  for (months in HORIZONS) table[[paste0("cox", months)]] <- survival_at(pooled, paste0("cox_", cell), months)
  table
}

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(2021)
at <- paths()
kinds <- c(rep(c("on", "below", "above"), each = AT_EACH_EDGE), rep("ordinary", COUNT - 3 * AT_EACH_EDGE))
counts <- draw_counts(sample(kinds))
afp <- draw_afp(sample(kinds))
answer <- answers(counts$sii_high, afp$afp_high, at$frozen)
stopifnot(min(table(answer$cell)) > COUNT / 10)
vectors <- cbind(
  id = seq_len(COUNT), counts[1:6], afp[1:3], counts[7:8], afp_high = afp$afp_high, answer
)
lines <- c(paste(names(vectors), collapse = ","), do.call(paste, c(vectors, sep = ",")))
plain <- file.path(at$model, "vectors.csv")
writeLines(enc2utf8(lines), plain, useBytes = TRUE)
stopifnot(system2("gzip", c("-n", "-9", "-f", shQuote(plain))) == 0)  # -n: no name, no time, so the same bytes each time
record_made_from(paste0(plain, ".gz"), at$cohorts, file.path(at$frozen, "made_from.csv"))
cat("vectors.csv.gz:", COUNT, "vectors;", paste(names(table(answer$cell)), table(answer$cell)), "\n")
