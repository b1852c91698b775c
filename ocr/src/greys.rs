/// How often each grey value occurs.
pub struct Greys([u32; 256]);

impl Greys {
    /// Of these pixels.
    pub fn of(pixels: &[u8]) -> Self {
        // Neighbours are often alike, and one count would wait for the other: each of four has its own.
        let mut counts = [[0_u32; 256]; 4];
        let (fours, rest) = pixels.as_chunks::<4>();
        for four in fours {
            for (count, &grey) in counts.iter_mut().zip(four) {
                count[usize::from(grey)] += 1;
            }
        }
        for &grey in rest {
            counts[0][usize::from(grey)] += 1;
        }
        Self(std::array::from_fn(|grey| counts.iter().map(|count| count[grey]).sum()))
    }

    /// How many pixels have each value.
    pub const fn counts(&self) -> &[u32; 256] {
        &self.0
    }

    /// The grey below which that share of the pixels lies; white of no pixels.
    pub fn quantile(&self, share: f32) -> u8 {
        let all: u32 = self.0.iter().sum();
        let wanted = share * all.saturating_sub(1) as f32;
        let mut below = 0;
        let grey = self.0.iter().position(|count| {
            below += count;
            below as f32 > wanted
        });
        grey.unwrap_or(255) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_greys_that_occur() {
        let greys = Greys::of(&[30, 30, 200, 210, 220, 230, 240, 250, 255, 255, 255]);
        assert_eq!((greys.counts()[30], greys.counts()[255], greys.counts()[0]), (2, 3, 0));
        assert_eq!([0.0, 0.1, 0.5, 1.0].map(|share| greys.quantile(share)), [30, 30, 230, 255]);
        assert_eq!(Greys::of(&[]).quantile(0.5), 255);
    }
}
