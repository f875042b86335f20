//! What follows from the ledger and can be thrown away: the counts, and the stream that tells of them.

pub mod counts;
pub mod live;
