//! Records what was said at a hearing, and who was heard.

use super::field::{ChoiceAndWords, OneOf, Words};
use model::lifecycle::Action;
use web::i18n::{key, name_of};

/// Who was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Heard {
    /// Both sides.
    Both,
    /// The citizen alone.
    Citizen,
    /// The department alone.
    Office,
    /// Neither came, or answered.
    Nobody,
}

/// An empty form.
#[must_use]
pub fn form() -> ChoiceAndWords<Heard> {
    let all = [Heard::Both, Heard::Citizen, Heard::Office, Heard::Nobody];
    let who = OneOf::new(key::FIELD_HEARD, all.map(|heard| (heard, name_of("detail", &heard))));
    ChoiceAndWords::new(who, Words::required(key::FIELD_MINUTES).with_rows(6), |heard, text| Action::RecordHearing {
        citizen: matches!(heard, Heard::Both | Heard::Citizen),
        office: matches!(heard, Heard::Both | Heard::Office),
        text,
    })
}
