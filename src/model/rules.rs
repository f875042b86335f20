//! What an administrator may change without a build: limits, windows, shares, calendar, categories.

use crate::clock::{Calendar, Lane};
use crate::lifecycle::Ground;
use crate::{CategoryCode, DepartmentCode, OfficeId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The rules in force. Days are calendar days unless they are called working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rules {
    /// Number of the version: 1 for the files, then one more with each change. A lodging's event names it.
    pub version: u32,
    /// Working days and holidays.
    pub calendar: Calendar,
    /// Limit in working days for a case whose category gives none.
    pub default_limit_days: i64,
    /// Limit in working days of each holder for one turn, from getting the case until another gets it.
    pub holder_limit_days: HolderLimits,
    /// How many times its limit a holder has for all its turns together.
    #[serde(default = "holder_turns")]
    pub holder_turns: i32,
    /// Percent of a holder's limit at which levels 1 to 4 of escalation are reached.
    pub escalation_percent: [i64; 4],
    /// Percent of an emergency's limit at which level 1 is reached; levels 2 to 4 follow in equal steps.
    pub emergency_escalation_percent: i64,
    /// Days after closing within which a citizen may reopen.
    pub reopen_days: i64,
    /// How often a citizen may reopen.
    pub reopen_times: u8,
    /// Days after closing within which a citizen may appeal.
    pub appeal_days: i64,
    /// Days after which the citizen may ask the holder for haste again.
    pub remind_days: i64,
    /// Working days in which an offered transfer must be answered.
    pub transfer_answer_days: i64,
    /// Days after which a citizen who owes an answer is asked again.
    #[serde(default = "information_remind_days")]
    pub information_remind_days: i64,
    /// Days after which a citizen who owes an answer is put on the list for a call.
    #[serde(default = "information_call_days")]
    pub information_call_days: i64,
    /// Days after which a case goes back without an answer to the desk or office that asked.
    #[serde(default = "information_back_days")]
    pub information_back_days: i64,
    /// Calls that must fail, on different days, before a case is closed unconfirmed.
    pub calls_before_closing: u8,
    /// Share of accepted reports, in per mille, that are drawn for a visit without any other reason.
    pub visit_floor_per_mille: u16,
    /// Leaf categories by code.
    pub categories: BTreeMap<CategoryCode, CategoryRule>,
    /// Codes of all departments.
    pub departments: Vec<DepartmentCode>,
    /// Grounds that can be chosen for no further case. Left out where all are in use, so that rules of earlier versions
    /// read and write the same.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub grounds_out_of_use: BTreeSet<Ground>,
    /// The department of each office that is open. Not sent to browsers, which ask the server where a case may go.
    #[serde(skip)]
    pub offices: BTreeMap<OfficeId, DepartmentCode>,
    /// Secret seed of the draws, so that nobody can predict which case is visited.
    #[serde(skip)]
    pub draw_seed: u64,
}

fn holder_turns() -> i32 {
    2
}

fn information_remind_days() -> i64 {
    3
}

fn information_call_days() -> i64 {
    7
}

fn information_back_days() -> i64 {
    14
}

/// Working days that each kind of holder has for one turn before its superior is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HolderLimits {
    /// The cell's desk.
    pub desk: i64,
    /// The nodal officer's desk.
    pub department: i64,
    /// The office.
    pub office: i64,
    /// The verification callers.
    pub verification: i64,
    /// The appellate authority.
    pub appellate: i64,
}

/// What follows from a leaf category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CategoryRule {
    /// Department that is responsible in rural blocks, and in towns unless `department_urban` says otherwise.
    pub department: DepartmentCode,
    /// Department that is responsible in towns.
    pub department_urban: Option<DepartmentCode>,
    /// Limit in working days.
    pub limit_days: i64,
    /// Lane of a new case.
    pub lane: Lane,
    /// Whether the citizen's identity is withheld from the department.
    pub shielded: bool,
}

impl Default for Rules {
    /// The defaults of the cell, without categories and offices.
    fn default() -> Self {
        Self {
            version: 1,
            calendar: Calendar::default(),
            default_limit_days: 7,
            holder_limit_days: HolderLimits { desk: 1, department: 1, office: 5, verification: 3, appellate: 15 },
            holder_turns: holder_turns(),
            escalation_percent: [100, 150, 200, 300],
            emergency_escalation_percent: 50,
            reopen_days: 30,
            reopen_times: 2,
            appeal_days: 30,
            remind_days: 3,
            transfer_answer_days: 2,
            information_remind_days: information_remind_days(),
            information_call_days: information_call_days(),
            information_back_days: information_back_days(),
            calls_before_closing: 3,
            visit_floor_per_mille: 20,
            categories: BTreeMap::new(),
            departments: Vec::new(),
            grounds_out_of_use: BTreeSet::new(),
            offices: BTreeMap::new(),
            draw_seed: 0,
        }
    }
}

impl Rules {
    /// A number from 0 to 999 that depends on the secret seed, the case and its version: repeatable, and unpredictable
    /// without the seed.
    #[must_use]
    pub fn draw_per_mille(&self, reference: crate::Reference, version: u32) -> u16 {
        // SplitMix64 (Steele, Lea and Flood 2014): every input bit affects every output bit.
        let mut z = self.draw_seed
            ^ reference.as_u64().rotate_left(17)
            ^ u64::from(version).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for factor in [0xBF58_476D_1CE4_E5B9_u64, 0x94D0_49BB_1331_11EB] {
            z = (z ^ (z >> 30)).wrapping_mul(factor);
        }
        u16::try_from((z ^ (z >> 31)) % 1000).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reference;

    #[test]
    fn draws_are_even_and_repeatable() {
        let rules = Rules { draw_seed: 7, ..Rules::default() };
        let hits =
            (0..20_000).filter(|payload| rules.draw_per_mille(Reference::from_payload(*payload), 4) < 100).count();
        assert!((1_800..2_200).contains(&hits), "{hits} of 20,000 below 100 per mille");
        let one = Reference::from_payload(5);
        assert_eq!(rules.draw_per_mille(one, 1), rules.draw_per_mille(one, 1));
        assert_ne!(rules.draw_per_mille(one, 1), Rules { draw_seed: 8, ..rules.clone() }.draw_per_mille(one, 1));
    }
}
