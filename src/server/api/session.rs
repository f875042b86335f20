//! Signing in: citizens by a one-time code, staff by a password.

use super::call::{Call, Reply};
use super::guard::{self, Address, Client};
use super::problem::Failure;
use crate::app::{App, random_hex};
use crate::link;
use crate::messenger::compose;
use crate::store::{Code, CodeRule, CodeUse, Redeemed, Session};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::http::header;
use chrono::Duration;
use model::api::{CodeSent, ExchangeCode, Me, Names, ProblemCode, SendCode, SendCodeRequest, SignIn, SignOut, WhoAmI};
use model::lifecycle::Case;
use model::lodging::Problem as FieldProblem;
use model::message::Template;
use model::{Actor, Mobile, Role, Scope, Time, text};

/// For how long a code holds (SEC-20).
const CODE_MINUTES: i64 = 10;
/// Wrong tries per code, and per number and hour (SEC-21).
const TRIES: u32 = 5;
const TRIES_HOUR: u32 = 10;
/// Codes to a number in ten minutes and in a day, and from an address in an hour (SEC-22). A whole village may
/// share an address, so its limit is wide and only asks to wait (SEC-23).
const SENDS_TEN_MINUTES: u32 = 3;
const SENDS_DAY: u32 = 8;
const SENDS_ADDRESS_HOUR: u32 = 20;

/// Sends a code. Whoever asks learns nothing of whether the number is known.
pub async fn send_code(call: Call<SendCode>) -> Result<Reply<CodeSent>, Failure> {
    Ok(Reply::created(send(&call.app, &call.body, &call.address, call.now).await?))
}

/// As [`send_code`], whatever the way in.
///
/// # Errors
/// 422 where the number is none, 429 where too many codes went out.
pub async fn send(app: &App, to: &SendCodeRequest, address: &Address, now: Time) -> Result<CodeSent, Failure> {
    let mobile = Mobile::parse(&to.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    let digits = six_digits()?;
    let id = random_hex::<16>()?;
    let hash = code_hash(app, &mobile, &digits);
    let code = Code { id: id.clone(), mobile: mobile.clone(), hash, created: now };
    let message = compose(&app.tables, Template::Code, to.language, &mobile, &[digits])
        .ok_or_else(|| Failure::internal(&"the code's template is missing"))?;
    if let Some(seconds) = app.store.create_code(&code, address, message, must_wait).await? {
        return Err(Failure::too_many(seconds));
    }
    Ok(CodeSent { id, minutes: u32::try_from(CODE_MINUTES).unwrap_or(10) })
}

/// Seconds to wait before another code may go out; none where it may now.
fn must_wait(used: &CodeUse, now: Time) -> Option<u32> {
    if used.number_day >= SENDS_DAY {
        return Some(24 * 3600);
    }
    if used.number_ten_minutes >= SENDS_TEN_MINUTES || used.address_hour >= SENDS_ADDRESS_HOUR {
        return Some(600);
    }
    // After the first three of a day each further one waits longer: 1, 2, 4 … 32 minutes.
    let minutes = match used.number_day {
        0..=2 => 0,
        sent => 1i64 << (sent - 3).min(5),
    };
    let next = used.last? + Duration::minutes(minutes);
    u32::try_from((next - now).num_seconds()).ok().filter(|seconds| *seconds > 0)
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

/// Exchanges a code for a session. An earlier code of the same number holds as long as its own ten minutes last,
/// for messages are slow (SEC-25).
pub async fn exchange_code(call: Call<ExchangeCode>) -> Result<Reply<Me>, Failure> {
    let mobile = redeem(&call.app, &call.path.id, &call.body.code, call.now).await?;
    let actor = Actor::citizen(call.app.person(&mobile));
    begin(&call, actor, mobile.masked(), Some(mobile), Client::Citizen).await
}

/// Uses up a code; answers whose number it has proved.
async fn redeem(app: &App, id: &str, code: &str, now: Time) -> Result<Mobile, Failure> {
    let mobile = app.store.mobile_of_code(id).await?.ok_or_else(|| Failure::of(ProblemCode::ExpiredCode))?;
    let hash = code_hash(app, &mobile, &text::digits(code));
    let rule = CodeRule { minutes: CODE_MINUTES, tries: TRIES, tries_hour: TRIES_HOUR };
    match app.store.redeem_code(&mobile, hash, now, rule).await? {
        Redeemed::Right => {}
        Redeemed::Wrong => return Err(Failure::of(ProblemCode::WrongCode)),
        Redeemed::Expired => return Err(Failure::of(ProblemCode::ExpiredCode)),
        Redeemed::TooMany => return Err(Failure::too_many(3600)),
    }
    app.store.mark_verified(app.person(&mobile), &mobile, now).await?;
    Ok(mobile)
}

/// Exchanges a code for the cookie of a session, where no app asks.
///
/// # Errors
/// As [`exchange_code`].
pub async fn enter(app: &App, id: &str, code: &str, now: Time) -> Result<String, Failure> {
    let mobile = redeem(app, id, code, now).await?;
    let (actor, name) = (Actor::citizen(app.person(&mobile)), mobile.masked());
    Ok(start(app, actor, name, Some(mobile), Client::Citizen, now).await?.1)
}

/// Keeps a new session; answers it and its cookie. The token is known to the browser alone.
async fn start(
    app: &App,
    actor: Actor,
    name: String,
    mobile: Option<Mobile>,
    client: Client,
    now: Time,
) -> Result<(Session, String), Failure> {
    let token = random_hex::<32>()?;
    let session = Session { token_hash: guard::token_hash(&token), actor, name, mobile, created: now, last_seen: now };
    app.store.create_session(&session).await?;
    Ok((session, client.set_cookie(&token)))
}

/// Opens the one case that a link in a message names, in a session that sees nothing else.
///
/// # Errors
/// Where the store does not answer.
pub async fn open_link(app: &App, token: &str, now: Time) -> Result<Option<(Case, String)>, Failure> {
    let Some(reference) = link::opens(app, token) else { return Ok(None) };
    let Some(case) = app.store.case(reference).await? else { return Ok(None) };
    let root = match case.root {
        Some(root) => app.store.case(root).await?,
        None => None,
    };
    if !link::holds(app, &case, root.as_ref(), now) {
        return Ok(None);
    }
    let scope = Scope::Case { person: case.citizen, reference };
    let actor = Actor { staff: None, role: Role::Citizen, scope };
    let name = app.store.mobile_of(case.citizen).await?.map(|mobile| mobile.masked()).unwrap_or_default();
    let (_, cookie) = start(app, actor, name, None, Client::Citizen, now).await?;
    Ok(Some((case, cookie)))
}

/// Starts a session in place of the one before.
async fn begin<E: model::api::Endpoint>(
    call: &Call<E>,
    actor: Actor,
    name: String,
    mobile: Option<Mobile>,
    client: Client,
) -> Result<Reply<Me>, Failure> {
    // A session from before is not carried over: the token is new at each sign-in (SEC-28).
    if let Some(old) = &call.session {
        call.app.store.end_session(&old.token_hash).await?;
    }
    let (session, cookie) = start(&call.app, actor, name, mobile, client, call.now).await?;
    Ok(Reply::created(me(&call.app, &session)).with_header(header::SET_COOKIE, &cookie))
}

fn me(app: &App, session: &Session) -> Me {
    let unit = match &session.actor.scope {
        Scope::Department(code) => app.tables.department(code).map(|department| department.name.clone()),
        Scope::Office(party) => {
            party.office.and_then(|office| app.offices.get(&office)).map(|office| office.name.clone())
        }
        Scope::District(lgd) => app
            .tables
            .reference
            .districts
            .iter()
            .find(|district| district.lgd == *lgd)
            .map(|district| district.name.clone()),
        Scope::State | Scope::Own(_) | Scope::Case { .. } => None::<Names>,
    };
    Me { actor: Some(session.actor.clone()), name: session.name.clone(), unit }
}

/// Who is signed in with this app; nobody is an answer too.
pub async fn who_am_i(call: Call<WhoAmI>) -> Result<Reply<Me>, Failure> {
    Ok(Reply::ok(call.session.as_ref().map(|session| me(&call.app, session)).unwrap_or_default()))
}

/// Signs a staff member in. A wrong name takes as long as a wrong password.
pub async fn sign_in(call: Call<SignIn>) -> Result<Reply<Me>, Failure> {
    let (app, now) = (&call.app, call.now);
    let username = call.body.username.trim().to_lowercase();
    let account = app.store.account(&username).await?;
    if let Some((failures, Some(last))) = account.as_ref().map(|account| account.failures)
        && failures >= TRIES
    {
        // A growing delay, never a lock: else anybody could lock anybody out (SEC-21).
        let wait = Duration::seconds(1i64 << (failures - TRIES + 3).min(10));
        if let Ok(seconds @ 1..) = u32::try_from((last + wait - now).num_seconds()) {
            return Err(Failure::too_many(seconds));
        }
    }
    let hash = account.as_ref().map_or(NOBODY.to_owned(), |account| account.password.clone());
    let password = call.body.password.clone();
    // Hashing takes 19 MB: two at a time are enough for a shift that begins, and too few to fill the memory.
    let _turn = app.hashing.acquire().await.map_err(|error| Failure::internal(&error))?;
    let fits = tokio::task::spawn_blocking(move || verify_password(&password, &hash))
        .await
        .map_err(|error| Failure::internal(&error))?;
    let good = fits && account.is_some();
    app.store.record_sign_in(&username, now, good).await?;
    match account {
        Some(account) if good => begin(&call, account.actor, account.name, None, Client::Staff).await,
        _ => Err(Failure::of(ProblemCode::WrongPassword)),
    }
}

/// A hash that no password has, of the same cost as the others.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether a password is the one of a PHC string.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The argon2id hash of a password, as a PHC string.
///
/// # Errors
/// Where the system has no randomness.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?;
    Ok(hash.to_string())
}

/// Ends the session; the browser is told to forget what it holds.
pub async fn sign_out(call: Call<SignOut>) -> Result<Reply<()>, Failure> {
    if let Some(session) = &call.session {
        call.app.store.end_session(&session.token_hash).await?;
    }
    Ok(Reply::ok(()).with_header(header::SET_COOKIE, &call.client.set_cookie("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_with_argon2id_and_nobody_has_one() {
        let hash = hash_password("correct horse").expect("hashed");
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("wrong horse", &hash));
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify_password("", NOBODY));
    }

    #[test]
    fn codes_are_six_digits() {
        for _ in 0..100 {
            let code = six_digits().expect("random");
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }

    #[test]
    fn waiting_grows_with_use() {
        let now = Time::from_timestamp_millis(1_800_000_000_000).expect("a moment");
        let used = |ten, day, last_minutes: i64| CodeUse {
            number_ten_minutes: ten,
            number_day: day,
            last: Some(now - Duration::minutes(last_minutes)),
            ..CodeUse::default()
        };
        assert_eq!(must_wait(&CodeUse::default(), now), None);
        assert_eq!(must_wait(&used(2, 2, 0), now), None);
        assert_eq!(must_wait(&used(3, 3, 1), now), Some(600));
        assert_eq!(must_wait(&used(0, 3, 0), now), Some(60));
        assert_eq!(must_wait(&used(0, 5, 3), now), Some(60));
        assert_eq!(must_wait(&used(0, 8, 60), now), Some(86_400));
        assert_eq!(must_wait(&CodeUse { address_hour: 20, ..CodeUse::default() }, now), Some(600));
    }
}
