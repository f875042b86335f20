//! Signing in and out, by code or password, and changing one's number.

use super::{Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::names::Names;
use crate::{Actor, Language};
use serde::{Deserialize, Serialize};

/// Minutes after which an unused session ends (SEC-30); pages warn before.
pub const SESSION_MINUTES: u32 = 30;

endpoint!(
    /// Sends a one-time code to a mobile number. The answer does not tell whether anybody has lodged from it.
    SendCode {} Post "/api/codes", Needs::Nothing, SendCodeRequest => CodeSent, anybody = true
);

endpoint!(
    /// Exchanges a code for a citizen's session.
    ExchangeCode {
        /// Id of the code, from [`CodeSent::id`].
        id: String,
    } Post "/api/codes/{id}", Needs::Nothing, ExchangeCodeRequest => Me, anybody = true, path = |call| format!("/api/codes/{}", call.id)
);

endpoint!(
    /// Who is signed in.
    WhoAmI {} Get "/api/session", Needs::Nothing, () => Me, anybody = true
);

endpoint!(
    /// Signs a member of staff in.
    SignIn {} Post "/api/session", Needs::Nothing, SignInRequest => Me, anybody = true
);

endpoint!(
    /// Ends the session.
    SignOut {} Delete "/api/session", Needs::Nothing, () => ()
);

endpoint!(
    /// Moves the signed-in citizen's grievances to another number, proved by a code that [`SendCode`] sent to it.
    ChangeNumber {} Post "/api/me/number", Needs::Duty(Duty::FollowOwn), ChangeNumberRequest => Me
);

/// Header with which a page says for whom it was drawn ([`Me::mark`]). Where somebody else, or nobody, is signed in by
/// now, nothing is done and the answer is [`ProblemCode::OtherPerson`](super::ProblemCode::OtherPerson).
pub const AS_HEADER: &str = "pratikar-as";

/// Body of [`ChangeNumber`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeNumberRequest {
    /// Id of the code that was sent to the new number.
    pub id: String,
    /// The code.
    pub code: String,
    /// As in [`ExchangeCodeRequest`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub once: String,
}

/// Proof of work that a browser must do where very many codes are asked for from one address; for a single code it is
/// hardly noticeable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Work {
    /// To be sent back as `<challenge>:<counter>`, once and within ten minutes.
    pub challenge: String,
    /// Number of leading zero bits that the SHA-256 of `<challenge>:<counter>` must have.
    pub bits: u8,
}

/// Body of [`SendCode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SendCodeRequest {
    /// Mobile number, as typed.
    pub mobile: String,
    /// Language of the message.
    #[serde(default)]
    pub language: Language,
    /// `<challenge>:<counter>`, where the previous answer was
    /// [`ProblemCode::WorkNeeded`](super::ProblemCode::WorkNeeded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
}

/// Answer of [`SendCode`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeSent {
    /// Id, to be sent back with the code.
    pub id: String,
    /// Minutes for which the code is valid.
    pub minutes: u32,
}

/// Body of [`ExchangeCode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExchangeCodeRequest {
    /// The code: six digits of any script, with spaces or hyphens, or the whole message that contains them.
    pub code: String,
    /// A random text of the page, at least 16 characters, known to nobody else. Where the answer is lost, the same page
    /// may send the same code again while it is valid.
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
    /// The actor; `None` where nobody is signed in.
    pub actor: Option<Actor>,
    /// A staff member's name, or a citizen's masked number; empty for nobody.
    pub name: String,
    /// Name of a staff member's office or department.
    pub unit: Option<Names>,
    /// The same for the same person and different for any other; empty for nobody. Sent back in [`AS_HEADER`].
    #[serde(default)]
    pub mark: String,
    /// For staff: the key of what they have begun to write on a device.
    #[serde(default)]
    pub device_key: DeviceKey,
}

/// A key with which an app encrypts what somebody has begun to write, so that nobody else at the same device can read it: 64
/// hexadecimal digits, the same at each sign-in of the same account; empty for nobody. Kept in memory; whoever takes cases along
/// also has it on the device, where no script can read it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceKey(pub String);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}

impl Me {
    /// Whether the session was opened by the link in a message, and so sees one case only.
    #[must_use]
    pub fn is_by_link(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| matches!(actor.scope, crate::Scope::Case { .. }))
    }
}
