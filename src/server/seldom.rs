//! Log lines that strangers can cause: written rarely, with the number of those left out.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets one line through in a period and counts the others.
#[derive(Debug)]
pub struct Seldom {
    every: Duration,
    last: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    /// One line in this period.
    #[must_use]
    pub const fn new(every: Duration) -> Self {
        Self { every, last: None, left_out: 0 }
    }

    /// Number of lines left out before this one; `None` where this one is left out as well.
    pub fn say(&mut self) -> Option<u64> {
        if self.last.is_some_and(|last| last.elapsed() < self.every) {
            self.left_out += 1;
            return None;
        }
        self.last = Some(Instant::now());
        Some(std::mem::take(&mut self.left_out))
    }
}

/// As [`Seldom::say`], for a shared one.
pub fn say(seldom: &Mutex<Seldom>) -> Option<u64> {
    seldom.lock().unwrap_or_else(PoisonError::into_inner).say()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_in_a_span_and_the_count_of_the_others() {
        let mut seldom = Seldom::new(Duration::from_millis(30));
        assert_eq!(seldom.say(), Some(0));
        assert_eq!((seldom.say(), seldom.say()), (None, None));
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(seldom.say(), Some(2));
    }
}
