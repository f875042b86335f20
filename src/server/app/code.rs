//! One-time codes: sent to a number, and exchanged for the proof that somebody reads it.

use super::message::compose;
use crate::failure::Failure;
use crate::limits::Address;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{Asker, Code, CodeJudged, CodeLimits, CodeRule, NewMessage, Redeemed, TriedCode};
use crate::work;
use chrono::Duration;
use model::message::Template;
use model::wire::{CodeSent, Problem, ProblemCode};
use model::{Language, Mobile, Time};

/// Minutes for which a code is valid (SEC-20).
const CODE_MINUTES: i64 = 10;
/// Wrong entries that a code allows (SEC-21).
pub(super) const TRIES: u32 = 5;
/// How many codes are sent (SEC-22). A village may share an address, so a busy one is asked for work first, and made to
/// wait only where a program is likely (SEC-23).
const SENDS: CodeLimits =
    CodeLimits { own: (3, 8), stranger: (3, 5), strangers_day: 8, address_hour: 20, address_most: 2_000 };

/// Who asks for a code, as far as the way in can tell.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// From where.
    pub address: Address,
    /// Whether this number was proved in the same browser before.
    pub known: bool,
    /// The proof of work, where one was asked for.
    pub work: Option<&'a str>,
    /// Whether the page has no script and cannot work for a code.
    pub plain: bool,
}

/// Sends a code to whoever asks for it on a page. The answer does not tell whether the number is known.
///
/// # Errors
/// 429 where too many codes were sent, or where work is wanted first.
pub async fn send(
    app: &App,
    mobile: &Mobile,
    language: Language,
    asking: Asking<'_>,
    now: Time,
) -> Result<CodeSent, Failure> {
    let Asking { address, known, work: sent_back, plain } = asking;
    if known {
        return match make(app, mobile, language, Asker::Holder { address }, now).await? {
            (id, CodeJudged::Sent) => Ok(sent(id)),
            (_, CodeJudged::Wait(seconds, _)) => Err(Failure::too_many(seconds)),
            (_, CodeJudged::Work(_)) => Err(Failure::of(ProblemCode::TooMany)),
        };
    }
    let worked = sent_back.and_then(|sent_back| work::take(&app.secret, &app.used_work, &address, sent_back, now));
    let asker = Asker::Stranger { address, worked: worked.is_some(), plain };
    let (id, judged) = make(app, mobile, language, asker, now).await?;
    if let (Some(worked), CodeJudged::Wait(..)) = (&worked, &judged) {
        work::let_go(&app.used_work, worked);
    }
    match judged {
        CodeJudged::Sent => Ok(sent(id)),
        CodeJudged::Wait(seconds, code_page) => {
            let Failure(problem) = Failure::too_many(seconds);
            Err(Failure(Box::new(Problem { code_page, ..*problem })))
        }
        CodeJudged::Work(count) => {
            let work = Some(work::ask(&app.secret, &address, count, SENDS.address_hour, now)?);
            Err(Failure(Box::new(Problem { work, ..Problem::new(ProblemCode::WorkNeeded) })))
        }
    }
}

fn sent(id: String) -> CodeSent {
    CodeSent { id, minutes: u32::try_from(CODE_MINUTES).unwrap_or(10) }
}

/// Sends a code to a telephone that asked for it by text message; it opens any page that waits for a code of this
/// number.
///
/// # Errors
/// Where the store does not answer.
pub async fn send_to_telephone(app: &App, mobile: &Mobile, language: Language, now: Time) -> Result<(), Failure> {
    make(app, mobile, language, Asker::Telephone, now).await.map(|_| ())
}

async fn make(
    app: &App,
    mobile: &Mobile,
    language: Language,
    asker: Asker,
    now: Time,
) -> Result<(String, CodeJudged), Failure> {
    let digits = six_digits()?;
    let id = random_hex::<16>()?;
    let hash = code_hash(app, mobile, &digits);
    let code = Code { id: id.clone(), mobile: mobile.clone(), hash, created: now };
    let message = compose(&app.facts.tables, Template::Code, language, mobile, &[digits])
        .ok_or_else(|| Failure::internal(&"the code's template is missing"))?;
    let message = NewMessage {
        expires: Some(now + Duration::minutes(CODE_MINUTES)),
        asked_for: !matches!(asker, Asker::Stranger { .. }),
        ..message
    };
    Ok((id, app.store.create_code(&code, asker, message, SENDS).await?))
}

fn six_digits() -> Result<String, getrandom::Error> {
    loop {
        let number = getrandom::u32()?;
        // The largest multiple of a million below 2³²: every code is equally likely.
        if number < 4_294_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

fn code_hash(app: &App, mobile: &Mobile, digits: &str) -> [u8; 32] {
    app.keyed("code", format!("{} {digits}", mobile.as_str()).as_bytes())
}

/// A number that was proved by a code.
#[derive(Debug, Clone)]
pub struct Proved {
    /// The number.
    pub mobile: Mobile,
    /// See [`TriedCode::again`].
    pub by: [u8; 32],
}

/// The code that somebody has entered, and the random text of the page.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    code: &'a str,
    once: Option<&'a str>,
    /// What it is for; a code is accepted a second time only for the same purpose.
    act: &'static str,
}

impl<'a> Typed<'a> {
    /// A page text that could be guessed is ignored.
    #[must_use]
    pub fn of(code: &'a str, once: &'a str) -> Self {
        Self { code, once: (16..=64).contains(&once.len()).then_some(once), act: "sign-in" }
    }

    /// The same, for a change of number.
    #[must_use]
    pub fn for_another_number(self) -> Self {
        Self { act: "number", ..self }
    }
}

/// A hash by which a code entered on one page differs from the same code anywhere else.
///
/// # Errors
/// 422 where no code was entered.
pub fn typed_here(app: &App, id: &str, typed: Typed<'_>) -> Result<[u8; 32], Failure> {
    let digits = model::code::find(typed.code).ok_or_else(|| Failure::of(ProblemCode::NoCode))?;
    // A page that keeps no text cannot ask again.
    let once = typed.once.map_or_else(random_hex::<16>, |once| Ok(once.to_owned()))?;
    Ok(app.keyed("code again", format!("{} {once} {id} {digits}", typed.act).as_bytes()))
}

/// Uses up a code; answers the number that it has proved. Where no code was entered, no attempt is counted.
///
/// # Errors
/// 422 where it is wrong or missing, 410 where it is not valid any more.
pub async fn redeem(app: &App, id: &str, typed: Typed<'_>, now: Time) -> Result<Proved, Failure> {
    let by = typed_here(app, id, typed)?;
    redeem_by(app, id, typed, by, now).await
}

/// As [`redeem`], with the hash that tells it from others.
///
/// # Errors
/// As [`redeem`].
pub async fn redeem_by(app: &App, id: &str, typed: Typed<'_>, by: [u8; 32], now: Time) -> Result<Proved, Failure> {
    let digits = model::code::find(typed.code).ok_or_else(|| Failure::of(ProblemCode::NoCode))?;
    let mobile = app.store.mobile_of_code(id).await?.ok_or_else(|| Failure::of(ProblemCode::ExpiredCode))?;
    let rule = CodeRule { minutes: CODE_MINUTES, tries: TRIES };
    let tried = TriedCode { id: id.to_owned(), hash: code_hash(app, &mobile, &digits), again: by };
    match app.store.redeem_code(tried, now, rule).await? {
        Redeemed::Right => {}
        Redeemed::Wrong => return Err(Failure::of(ProblemCode::WrongCode)),
        Redeemed::Expired => return Err(Failure::of(ProblemCode::ExpiredCode)),
    }
    app.store.mark_verified(app.person(&mobile), &mobile, now).await?;
    Ok(Proved { mobile, by })
}

#[cfg(test)]
mod tests {
    use super::six_digits;

    #[test]
    fn codes_are_six_digits() {
        for _ in 0..100 {
            let code = six_digits().expect("random");
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }
}
