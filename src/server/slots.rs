//! Limits on how much goes on at once, in all and for one address, so that nobody uses up memory or time of the others.

use crate::limits::Address;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Places, of which one address may have only some.
#[derive(Debug)]
pub struct Slots {
    total: usize,
    per_address: usize,
    held: Mutex<HashMap<Address, usize>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Arc<Slots>,
    address: Address,
}

impl Slots {
    /// So many places in all, and for one address.
    #[must_use]
    pub fn new(total: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self { total, per_address, held: Mutex::default() })
    }

    /// Takes a place; `None` where none is left, in all or for this address.
    #[must_use]
    pub fn take(self: &Arc<Self>, address: Address) -> Option<Slot> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.get(&address).copied().unwrap_or(0);
        if own >= self.per_address || held.values().sum::<usize>() >= self.total {
            return None;
        }
        held.insert(address, own + 1);
        Some(Slot { slots: self.clone(), address })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.slots.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_all_together_hold_only_so_many() {
        let slots = Slots::new(3, 2);
        let (one, other, third) = ([1; 32], [2; 32], [3; 32]);
        let held = (slots.take(one).expect("a place"), slots.take(one).expect("a place"));
        assert!(slots.take(one).is_none(), "two of its own");
        let last = slots.take(other).expect("a place");
        assert!(slots.take(third).is_none(), "three in all");
        drop(last);
        assert!(slots.take(third).is_some());
        drop(held);
        assert!(slots.held.lock().expect("a lock").is_empty());
    }
}
