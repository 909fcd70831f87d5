//! Compares two subjects by turns, as bench/harness.h does: a block of ours, a block of the reference, and again, the
//! order alternating. The ratio is the median of the rounds' ratios, so that a drift of the machine cancels.

use std::fs;
use std::time::Instant;

const WARM_UP: usize = 5; // operations before a block, since the other subject has just had the caches
const OPERATIONS: usize = 25; // in a block

/// One row of the table, in microseconds.
pub struct Outcome {
    name: String,
    ours: f64,
    reference: f64,
    ratio: f64,
}

/// Calls `ours` and `reference` with the number of the call.
pub fn compare(name: String, rounds: usize, mut ours: impl FnMut(usize), mut reference: impl FnMut(usize)) -> Outcome {
    let (mut our_blocks, mut reference_blocks, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let (our_block, reference_block);
        if round % 2 == 0 {
            our_block = block(round, &mut ours);
            reference_block = block(round, &mut reference);
        } else {
            reference_block = block(round, &mut reference);
            our_block = block(round, &mut ours);
        }
        our_blocks.push(our_block);
        reference_blocks.push(reference_block);
        ratios.push(our_block / reference_block);
    }
    let (ours, reference) = (quantile(&mut our_blocks, 0.5), quantile(&mut reference_blocks, 0.5));
    let (low, ratio, high) = (
        quantile(&mut ratios, 0.25),
        quantile(&mut ratios, 0.5),
        quantile(&mut ratios, 0.75),
    );
    eprintln!("{name:<32} {ours:>12.2} {reference:>12.2}  us     {ratio:>7.3}  {low:.3} to {high:.3}");
    Outcome {
        name,
        ours,
        reference,
        ratio,
    }
}

pub fn print_heading() {
    eprintln!(
        "{:<32} {:>12} {:>12}  {:<6} {:>7}  p25 to p75",
        "", "ours", "reference", "unit", "ratio"
    );
}

/// The median of single calls, so that one during which the machine did something else does not count.
fn block(round: usize, operation: &mut impl FnMut(usize)) -> f64 {
    let first = round * (WARM_UP + OPERATIONS);
    (first..first + WARM_UP).for_each(&mut *operation);
    let timed = (first + WARM_UP..first + WARM_UP + OPERATIONS).map(|call| {
        let start = Instant::now();
        operation(call);
        start.elapsed().as_secs_f64() * 1e6
    });
    quantile(&mut timed.collect::<Vec<f64>>(), 0.5)
}

fn quantile(sample: &mut [f64], fraction: f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let position = fraction * (sample.len() - 1) as f64;
    let (below, above) = (sample[position.floor() as usize], sample[position.ceil() as usize]);
    below + (above - below) * position.fract()
}

/// A list with one result a line.
pub fn write_json(path: &str, outcomes: &[Outcome]) -> std::io::Result<()> {
    let line = |outcome: &Outcome| {
        let Outcome {
            name,
            ours,
            reference,
            ratio,
        } = outcome;
        format!("  {{\"name\": \"{name}\", \"ours\": {ours:.4}, \"reference\": {reference:.4}, \"ratio\": {ratio:.4}, \"unit\": \"us\"}}")
    };
    let lines: Vec<String> = outcomes.iter().map(line).collect();
    fs::write(path, format!("[\n{}\n]\n", lines.join(",\n")))
}
