//! Signing in and out, by code or by password, and changing one's number.

use super::{Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::names::Names;
use crate::{Actor, Language};
use serde::{Deserialize, Serialize};

endpoint!(
    /// Sends a one-time code to a mobile number. The answer is the same whether anybody has lodged from it.
    SendCode {} Post "/api/codes", Needs::Nothing, SendCodeRequest => CodeSent, anybody = true
);

endpoint!(
    /// Exchanges a code for a citizen's session.
    ExchangeCode {
        /// The name of the code, as [`SendCode`] gave it.
        id: String,
    } Post "/api/codes/{id}", Needs::Nothing, ExchangeCodeRequest => Me, anybody = true, path = |call| format!("/api/codes/{}", call.id)
);

endpoint!(
    /// Who am I?
    WhoAmI {} Get "/api/session", Needs::Nothing, () => Me, anybody = true
);

endpoint!(
    /// Staff sign-in.
    SignIn {} Post "/api/session", Needs::Nothing, SignInRequest => Me, anybody = true
);

endpoint!(
    /// Ends the session.
    SignOut {} Delete "/api/session", Needs::Nothing, () => ()
);

endpoint!(
    /// Gives the signed-in citizen's grievances another number, proved by a code that [`SendCode`] sent to it.
    ChangeNumber {} Post "/api/me/number", Needs::Duty(Duty::FollowOwn), ChangeNumberRequest => Me
);

/// The header in which a page says for whom it was drawn: [`Me::mark`]. Where somebody else, or nobody, is signed in by
/// now, nothing is done and the answer is [`ProblemCode::OtherPerson`](super::ProblemCode::OtherPerson).
pub const AS_HEADER: &str = "pratikar-as";

/// Body of [`ChangeNumber`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeNumberRequest {
    /// The name of the code, as [`SendCode`] gave it for the new number.
    pub id: String,
    /// The code.
    pub code: String,
    /// As in [`ExchangeCodeRequest`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub once: String,
}

/// A sum that a browser works out where very many ask from one address: whoever asks for one code hardly notices it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Work {
    /// To be sent back as `<challenge>:<counter>`, within ten minutes and once.
    pub challenge: String,
    /// Zero bits with which the SHA-256 of what is sent back begins.
    pub bits: u8,
}

/// Body of [`SendCode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SendCodeRequest {
    /// As typed.
    pub mobile: String,
    /// Language of the message.
    #[serde(default)]
    pub language: Language,
    /// `<challenge>:<counter>`, where the answer before was [`ProblemCode::WorkNeeded`](super::ProblemCode::WorkNeeded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
}

/// Answer of [`SendCode`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeSent {
    /// To be sent back with the code.
    pub id: String,
    /// For how many minutes it holds.
    pub minutes: u32,
}

/// Body of [`ExchangeCode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExchangeCodeRequest {
    /// Six digits of any script, with spaces or hyphens, or the whole message that they stand in.
    pub code: String,
    /// A random word of the page, at least 16 letters, known to nobody else. Where the answer was lost on the line, the same
    /// code is taken from the same page once more, as long as it would have held.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub once: String,
}

/// Body of [`SignIn`].
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInRequest {
    /// Name of the account.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Me {
    /// Nobody where it is none.
    pub actor: Option<Actor>,
    /// A staff member's name, or a citizen's masked number.
    pub name: String,
    /// Office or department of a staff member, in English and Bengali.
    pub unit: Option<Names>,
    /// The same for the same person, and for nobody else; empty for nobody. Goes into [`AS_HEADER`].
    #[serde(default)]
    pub mark: String,
}

impl Me {
    /// Whether they came by the link in a message, and so see one case.
    #[must_use]
    pub fn is_by_link(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| matches!(actor.scope, crate::Scope::Case { .. }))
    }
}
