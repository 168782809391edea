//! How long to wait before trying again.

/// Waits that double from half a second to fifteen, each at a random point of its span, so that a
/// thousand tabs do not return in the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Backoff {
    tries: u32,
}

impl Backoff {
    const FIRST: f64 = 500.0;
    const LONGEST: f64 = 15_000.0;

    /// Milliseconds until the next try. `random` lies in 0 … 1.
    pub(crate) fn wait(&mut self, random: f64) -> u32 {
        let span = (Self::FIRST * f64::from(1_u32 << self.tries.min(8))).min(Self::LONGEST);
        self.tries += 1;
        (Self::FIRST / 2.0 + random.clamp(0.0, 1.0) * span) as u32
    }

    /// It worked.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_fifteen_seconds_and_start_over() {
        let mut backoff = Backoff::default();
        let longest: Vec<u32> = (0..7).map(|_| backoff.wait(1.0)).collect();
        assert_eq!(longest, [750, 1_250, 2_250, 4_250, 8_250, 15_250, 15_250]);
        backoff.reset();
        assert_eq!(backoff.wait(0.0), 250);
    }
}
