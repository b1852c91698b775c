//! Logistic regression by Newton's method, and the table that shows how well it is calibrated.

use std::collections::BTreeMap;

use extract::confidence::{Weights, probability};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// One finding: its features and whether it was right.
pub struct Sample {
    pub features: Vec<(String, f32)>,
    pub right: bool,
}

/// Keeps weights of seldom features small. At 2 the probabilities were too near the middle: of those
/// said to be .2 to .5 right, .11 were.
const RIDGE: f64 = 0.4;

/// What may speak for a finding or against it.
const EITHER: [&str; 5] = ["bias", "short", "long", "continued", "cancelled"];

/// What speaks for it, if it says anything.
const FOR: &str = "read";

/// Whether a weight says what its feature can say. What is neither of the above speaks against a finding
/// or says nothing: on pages drawn by lot a doubt may stand beside more right findings than wrong ones
/// by chance, or beside another doubt that took its weight.
fn is_told(feature: &str, weight: f32) -> bool {
    EITHER.contains(&feature) || if feature == FOR { weight >= 0.0 } else { weight <= 0.0 }
}

/// The weights that fit best, of those that say what their features can say.
pub fn fit(samples: &[&Sample]) -> Weights {
    let mut names: Vec<&str> =
        samples.iter().flat_map(|sample| sample.features.iter().map(|(name, _)| &**name)).collect();
    names.sort_unstable();
    names.dedup();
    loop {
        let weights = newton(samples, &names);
        let all = names.len();
        names.retain(|name| is_told(name, weights[*name]));
        if names.len() == all {
            return weights;
        }
    }
}

/// The weights of these features that fit best.
fn newton(samples: &[&Sample], names: &[&str]) -> Weights {
    let number: BTreeMap<&str, usize> =
        names.iter().enumerate().map(|(number, name)| (*name, number)).collect();
    let n = names.len();
    let mut weights = vec![0.0_f64; n];
    for _ in 0..25 {
        let mut gradient = vec![0.0; n];
        let mut curvature = vec![vec![0.0; n]; n];
        for sample in samples {
            let x: Vec<(usize, f64)> = sample
                .features
                .iter()
                .filter_map(|(name, value)| Some((*number.get(&**name)?, f64::from(*value))))
                .collect();
            let sum: f64 = x.iter().map(|(at, value)| weights[*at] * value).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            let error = f64::from(u8::from(sample.right)) - p;
            for &(at, value) in &x {
                gradient[at] += error * value;
                for &(other, second) in &x {
                    curvature[at][other] += p * (1.0 - p) * value * second;
                }
            }
        }
        for at in 0..n {
            let ridge = if names[at] == "bias" { 0.01 } else { RIDGE };
            gradient[at] -= ridge * weights[at];
            curvature[at][at] += ridge;
        }
        for (weight, step) in weights.iter_mut().zip(solved(curvature, gradient)) {
            *weight += step.clamp(-2.0, 2.0);
        }
    }
    let rounded = |weight: f64| ((weight * 1000.0).round() / 1000.0) as f32;
    names.iter().map(|name| (*name).to_owned()).zip(weights.into_iter().map(rounded)).collect()
}

/// Gaussian elimination with pivots.
fn solved(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|one, other| a[*one][column].abs().total_cmp(&a[*other][column].abs()))
            .unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        if a[column][column].abs() < 1e-9 {
            continue;
        }
        let pivot = a[column].clone();
        for row in column + 1..n {
            let factor = a[row][column] / pivot[column];
            for (value, above) in a[row].iter_mut().zip(&pivot).skip(column) {
                *value -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = vec![0.0; n];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|at| a[row][at] * x[at]).sum();
        x[row] = if a[row][row].abs() < 1e-9 { 0.0 } else { (b[row] - known) / a[row][row] };
    }
    x
}

fn said(weights: &Weights, sample: &Sample) -> f32 {
    let features: Vec<(&str, f32)> =
        sample.features.iter().map(|(name, value)| (&**name, *value)).collect();
    probability(weights, &features)
}

/// The calibration error that so many findings show though every probability is true: the mean over
/// drawings by lot.
pub fn expected_by_chance(weights: &Weights, samples: &[&Sample]) -> f32 {
    let mut random = StdRng::seed_from_u64(1);
    let said: Vec<f32> = samples.iter().map(|sample| said(weights, sample)).collect();
    let drawing = |random: &mut StdRng| {
        let mut bins = [(0.0_f32, 0.0_f32); 10];
        for p in &said {
            let right = f32::from(u8::from(random.random_bool(f64::from(*p))));
            let bin = &mut bins[((p * 10.0) as usize).min(9)];
            *bin = (bin.0 + p, bin.1 + right);
        }
        bins.iter().map(|(said, was)| (said - was).abs()).sum::<f32>() / said.len().max(1) as f32
    };
    (0..200).map(|_| drawing(&mut random)).sum::<f32>() / 200.0
}

/// How often a right finding is believed more than a wrong one.
pub fn ranking(weights: &Weights, samples: &[&Sample]) -> f32 {
    let of = |right: bool| {
        let half = samples.iter().filter(move |sample| sample.right == right);
        half.map(|sample| said(weights, sample)).collect::<Vec<f32>>()
    };
    let (right, wrong) = (of(true), of(false));
    let wins = right.iter().flat_map(|one| {
        wrong.iter().map(move |other| match one.total_cmp(other) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        })
    });
    wins.sum::<f32>() / (right.len() * wrong.len()).max(1) as f32
}

/// Expected calibration error over ten bins, and a line for each bin.
pub fn reliability(weights: &Weights, samples: &[&Sample]) -> (f32, Vec<String>) {
    let mut bins = vec![(0_usize, 0.0_f32, 0_usize); 10];
    for sample in samples {
        let p = said(weights, sample);
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        *bin = (bin.0 + 1, bin.1 + p, bin.2 + usize::from(sample.right));
    }
    let mut error = 0.0;
    let mut lines = Vec::new();
    for (number, (count, sum, right)) in bins.into_iter().enumerate() {
        if count == 0 {
            continue;
        }
        let (said, was) = (sum / count as f32, right as f32 / count as f32);
        error += (said - was).abs() * count as f32 / samples.len() as f32;
        let bar = "#".repeat((was * 20.0).round() as usize);
        lines.push(format!(
            "| .{number}–{} | {count} | {said:.2} | {was:.2} | `{bar:<20}` |",
            if number == 9 { "1.0".into() } else { format!(".{}", number + 1) }
        ));
    }
    (error, lines)
}
