/// The polynomial with `count` terms that is nearest to the points, by least squares.
pub fn fit(points: impl Iterator<Item = (f64, f64)>, count: usize) -> Option<[f64; 3]> {
    // The equations' left and right sides.
    let mut rows = [[0.0_f64; 4]; 3];
    for (x, y) in points {
        let powers = [1.0, x, x * x];
        for (row, power) in rows.iter_mut().zip(powers) {
            for (cell, other) in row.iter_mut().zip(powers) {
                *cell += power * other;
            }
            row[3] += power * y;
        }
    }
    for pivot in 0..count {
        let of_pivot = rows[pivot];
        if of_pivot[pivot].abs() < 1e-9 {
            return None;
        }
        for (at, row) in rows.iter_mut().enumerate().take(count) {
            if at != pivot {
                let times = row[pivot] / of_pivot[pivot];
                for (cell, other) in row.iter_mut().zip(of_pivot) {
                    *cell -= times * other;
                }
            }
        }
    }
    let mut terms = [0.0; 3];
    for at in 0..count {
        terms[at] = rows[at][3] / rows[at][at];
    }
    Some(terms)
}
