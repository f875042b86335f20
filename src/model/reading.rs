//! Readings of personal data, each of which is on record.

use crate::names::vocabulary;

vocabulary! {
    /// What kind of personal data was read.
    ReadingOf {
        /// One case.
        Case,
        /// The whole number of a case's citizen.
        Number,
        /// A case that was given to a verification caller.
        Call,
        /// The cases of a number that was looked up.
        Caller,
        /// A photo.
        Photo,
        /// A spoken note.
        Voice,
        /// A page of a worklist.
        List,
        /// A page of the cases behind a figure.
        Figures,
        /// A page of what a search found.
        Search,
        /// What a search found, as a table that was taken away.
        Export,
        /// The recording of a call.
        Recording,
        /// A page of the readings themselves: who audits is on record as well.
        Readings,
    }
}
