//! Appeals: the papers of both sides, the hearing, and the parts of a reasoned decision. Nobody is dismissed unheard.

use crate::Time;
use crate::clock::{Calendar, ist_date, ist_midnight};
use crate::names::vocabulary;
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// Hours between the call to a hearing and the hearing, at least: people travel, and take leave from work.
pub const HEARING_NOTICE_HOURS: i64 = 24;
/// Days within which a hearing must take place.
pub const HEARING_DAYS: i64 = 60;
/// Hours of the day, in India, in which a hearing can begin: from (inclusive), to.
pub const HEARING_HOURS: (i64, i64) = (9, 18);

vocabulary! {
    /// How somebody is heard.
    HearingMeans {
        /// The authority rings both sides.
        Phone,
        /// Both sides come to a place that the call to the hearing names.
        AtOffice,
    }
}

/// A hearing to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hearing {
    /// When it begins.
    pub at: Time,
    /// How.
    pub means: HearingMeans,
}

impl Hearing {
    /// Whether it can be called at a moment: with notice, within [`HEARING_DAYS`], on a working day, and at an hour at which
    /// people go out.
    #[must_use]
    pub fn can_be_called(&self, now: Time, calendar: &Calendar) -> bool {
        let (from, to) = HEARING_HOURS;
        let hour = (self.at - ist_midnight(ist_date(self.at))).num_hours();
        let last = ist_date(now) + Duration::days(HEARING_DAYS);
        calendar.is_working_day(ist_date(self.at))
            && self.at >= now + Duration::hours(HEARING_NOTICE_HOURS)
            && ist_date(self.at) <= last
            && (from..to).contains(&hour)
    }
}

/// Where an appeal stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Whether the department has answered it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// Whether a hearing was held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heard: bool,
    /// The hearing that was called and has not been held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing: Option<Hearing>,
}

impl Appeal {
    /// Whether nothing has been done about it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        *self == Self::default()
    }
}

/// What a decision on an appeal says besides its reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Order {
    /// What was found to be so.
    pub found: String,
    /// What must be done now, by whom and by when; empty where the appeal is dismissed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ordered: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeZone, Utc};

    #[test]
    fn a_hearing_needs_notice_a_near_day_and_an_hour_of_the_day() {
        // 09:30 in India.
        let now = Utc.with_ymd_and_hms(2026, 11, 30, 4, 0, 0).unwrap();
        let at = |day, hour, minute| Utc.with_ymd_and_hms(2026, 12, day, hour, minute, 0).unwrap();
        let calendar = Calendar::default();
        let fits = |at| Hearing { at, means: HearingMeans::Phone }.can_be_called(now, &calendar);
        assert!(fits(at(1, 4, 0)), "a day later");
        assert!(!fits(at(1, 3, 59)), "a minute before that");
        assert!(fits(at(2, 3, 30)), "09:00 in India");
        assert!(!fits(at(2, 3, 29)), "08:59");
        assert!(fits(at(2, 12, 29)) && !fits(at(2, 12, 30)), "until 18:00");
        assert!(fits(now + Duration::days(HEARING_DAYS)));
        assert!(!fits(now + Duration::days(HEARING_DAYS + 1)));
        let sunday = at(6, 6, 0);
        assert!(!fits(sunday), "offices are closed");
    }
}
