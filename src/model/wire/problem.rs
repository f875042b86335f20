//! Problems as they are sent: RFC 9457.

use super::Work;
use crate::lifecycle::Refusal;
use crate::lodging::Problem as FieldProblem;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// A problem as `application/problem+json` (RFC 9457). The apps have the words for `code`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// The `type` of RFC 9457: `urn:pratikar:` and the code.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// Stable name of what went wrong.
    pub code: ProblemCode,
    /// What to do, in one English sentence, for people who read the answers themselves.
    #[serde(default)]
    pub title: String,
    /// What exactly, in English, where a code cannot say it: the line of a table, how many cases an office holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// For [`ProblemCode::Fields`]: every problem of every field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Where no code is sent: the id under which a code can be entered that the telephone itself asks for, by the text
    /// message CODE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_page: Option<String>,
    /// Work to be done before the request is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
    /// For a refused action: the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// For [`ProblemCode::Stale`]: the present version of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Seconds to wait before trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Incident number, to be told to support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $title:literal),+ $(,)?) => {
        /// What can go wrong, each with its status and title.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default, IntoStaticStr)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ProblemCode { $($(#[$doc])* $name),+ }
        impl ProblemCode {
            /// Every code.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
            /// Its HTTP status.
            #[must_use]
            pub fn status(self) -> u16 { match self { $(Self::$name => $status),+ } }
            /// What to do, in one English sentence.
            #[must_use]
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title),+ } }
        }
    };
}

problem_codes! {
    /// The program failed.
    #[default]
    Internal = 500 "Something broke on our side. Try again; if it happens again, tell us the incident number.",
    /// There is no such path, case, photo or code, or the asker may not know of it.
    NotFound = 404 "There is nothing here that you can see. Check the address or number.",
    /// Nobody is signed in.
    SignInNeeded = 401 "Sign in first.",
    /// Signed in, but not for this.
    NotPermitted = 403 "Your role may not do this.",
    /// The request came from another site.
    CrossSite = 403 "Send this from the service's own pages.",
    /// Name or password are wrong.
    WrongPassword = 401 "Check the name and the password.",
    /// The one-time code is wrong.
    WrongCode = 422 "Check the code and enter it again.",
    /// The one-time code has expired, was used, or was tried too often.
    ExpiredCode = 410 "Ask for a new code.",
    /// The text entered does not contain exactly one code; no try is counted.
    NoCode = 422 "Enter the six digits of the code, or paste the whole message.",
    /// Very many grievances come from this address; it takes them from those who prove their number by a code.
    ProofNeeded = 429 "Sign in with a code, then send the same request again.",
    /// The new number is the present one.
    SameNumber = 422 "Choose another number than the present one.",
    /// Very many codes were asked for from this address.
    WorkNeeded = 429 "Work out the sum in work and send the same request with it.",
    /// The page was drawn for somebody else than who is signed in now.
    OtherPerson = 409 "Somebody else is signed in now, or nobody. Ask who it is, and send it again only on their word.",
    /// Answers of a form have problems.
    Fields = 422 "Correct the answers named in errors.",
    /// The rulebook refuses.
    Refused = 409 "The case does not allow this now. Look at refusal.",
    /// The content of an action is not acceptable.
    BadAction = 422 "Correct the content named in refusal.",
    /// The case has changed since the version in `If-Match`.
    Stale = 412 "The case has changed. Read it again and decide again.",
    /// `If-Match` is missing.
    VersionNeeded = 428 "Send If-Match with the version that you have seen.",
    /// `Idempotency-Key` is missing.
    KeyNeeded = 400 "Send an Idempotency-Key of 8 to 64 letters, digits and hyphens.",
    /// The key was used before with other content.
    KeyReused = 422 "Use a new Idempotency-Key for new content.",
    /// The body is not JSON.
    NotJson = 400 "Send JSON.",
    /// The JSON has unknown or missing fields, or wrong types.
    WrongShape = 400 "Send the fields that the OpenAPI document names, and no others.",
    /// A query parameter cannot be read.
    WrongQuery = 400 "Correct the query.",
    /// The body is not declared as JSON.
    WrongType = 415 "Declare the body as application/json.",
    /// The body is too large.
    TooLarge = 413 "Send less.",
    /// The body did not come in time.
    TooSlow = 408 "Send the whole request within the time limit.",
    /// The method is not for this path.
    WrongMethod = 405 "Use the method that the OpenAPI document names.",
    /// The file is not a photo that can be read.
    NotAnImage = 415 "Choose a photo: JPEG, PNG or WebP.",
    /// The file is not a recording that can be read.
    NotAudio = 415 "Record it again: Opus or AAC, in WebM, Ogg or MP4.",
    /// The spoken note is too long.
    AudioTooLong = 413 "Record at most 3 minutes.",
    /// The upload continues at another offset than the sender assumes.
    WrongOffset = 409 "Ask for the upload's offset and go on from there.",
    /// The photo has too many pixels.
    ImageTooLarge = 413 "Choose a smaller photo, of at most 40 megapixels and 10 MB.",
    /// Too many requests in a short time.
    TooMany = 429 "Wait as long as retry_after says.",
    /// Somebody else has changed a table or account since the sender looked. For tables, `version` is the newest change.
    Overtaken = 409 "Somebody else has changed this meanwhile. Look at it again and decide again.",
    /// A table with this content cannot be used, or nothing would change; `detail` names the line.
    BadTable = 422 "The table cannot be used like this, and nothing was changed. Correct what detail names.",
    /// The reason for a change is missing, or longer than 500 letters.
    WhyNeeded = 422 "Say why, in at most 500 letters.",
    /// A later change of the same table still holds.
    NotTheLatest = 409 "A later change of the same table holds. Take that back first.",
    /// The office holds open cases, or such as may come back to it; `detail` says how many.
    OfficeHoldsCases = 409 "The office still holds cases. Lead them to another office, then close it.",
    /// An administrator may neither disable their own account nor take its role away, and so lock themselves out.
    OwnAccount = 409 "This is your own account. Another administrator can do it.",
    /// Somebody signs in by this name already.
    NameTaken = 409 "Somebody signs in by this name already. Choose another.",
    /// Name, role, reach or password of an account are not acceptable; `detail` says what to give.
    BadAccount = 422 "The account cannot be like this. Correct what detail names.",
    /// The search index is being made from the database, which takes minutes where there are millions of cases.
    Starting = 503 "The search is being made ready. Try again in a moment.",
    /// The database cannot be written, or is overloaded.
    Unavailable = 503 "We could not save this. Try again in a moment.",
}

impl Problem {
    /// A problem with its status and title.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        let name = serde_name(&code);
        Self {
            kind: format!("urn:pratikar:{name}"),
            status: code.status(),
            code,
            title: code.title().to_owned(),
            ..Self::default()
        }
    }
}

/// The name of a unit variant on the wire.
pub(super) fn serde_name(value: &impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for (index, c) in format!("{value:?}").chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}
