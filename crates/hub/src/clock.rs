//! What time it is: the only place that asks the system.

use chrono::{DateTime, Duration, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// A clock, handed around as a value. Cheap to clone; clones of a frozen clock move together.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    frozen: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still at `at`.
    pub fn frozen(at: DateTime<Utc>) -> Self {
        Self { frozen: Some(Arc::new(Mutex::new(at))) }
    }

    /// The time, to the microsecond: finer is not stored.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.frozen {
            Some(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
            None => SystemTime::now().into(),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves a frozen clock on; the clock of the machine goes on by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(at) = &self.frozen {
            *at.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told_and_with_its_clones() {
        let at: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let clock = Clock::frozen(at);
        let clone = clock.clone();
        clock.advance(Duration::seconds(90));
        assert_eq!(clone.now(), at + Duration::seconds(90));
        assert!(Clock::system().now() > at - Duration::days(365));
    }
}
