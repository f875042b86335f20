//! Signing in: citizens by a one-time code, staff by a password.

use super::call::{Call, Reply};
use super::device::{self, Mark};
use super::guard::{self, Client};
use crate::failure::Failure;
use crate::limits::Address;
use crate::messenger::compose;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{
    Asker, Code, CodeJudged, CodeLimits, CodeRule, NewMessage, Redeemed, Session, SignInCost, SignInCount, TriedCode,
};
use crate::work;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use axum::http::{HeaderMap, header};
use chrono::Duration;
use model::lifecycle::Case;
use model::lodging::Problem as FieldProblem;
use model::message::Template;
use model::wire::{
    CodeSent, ExchangeCode, Me, Names, Problem, ProblemCode, SendCode, SendCodeRequest, SignIn, SignOut, WhoAmI,
};
use model::{Actor, Language, Mobile, Role, Scope, Time};
use std::sync::{Mutex, PoisonError};
use tokio::sync::SemaphorePermit;

/// Minutes for which a code is valid (SEC-20).
const CODE_MINUTES: i64 = 10;
/// Wrong entries that a code allows (SEC-21).
const TRIES: u32 = 5;
/// How many codes are sent (SEC-22). A village may share an address, so a busy one is asked for work first, and made to
/// wait only where a program is likely (SEC-23).
const SENDS: CodeLimits =
    CodeLimits { own: (3, 8), stranger: (3, 5), strangers_day: 8, address_hour: 20, address_most: 2_000 };

/// Sends a code. The answer does not tell whether the number is known.
pub async fn send_code(call: Call<SendCode>) -> Result<Reply<CodeSent>, Failure> {
    Ok(Reply::created(send(&call.app, &call.body, &call.headers, &call.address, false, call.now).await?))
}

/// As [`send_code`], for any way in; `plain` for a page without script.
///
/// # Errors
/// 422 where the number is not one, 429 where too many codes were sent.
pub async fn send(
    app: &App,
    to: &SendCodeRequest,
    headers: &HeaderMap,
    address: &Address,
    plain: bool,
    now: Time,
) -> Result<CodeSent, Failure> {
    let mobile = Mobile::parse(&to.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    let address = *address;
    if device::has(app, headers, Mark::Number(app.person(&mobile))) {
        return match make(app, &mobile, to.language, Asker::Holder { address }, now).await? {
            (id, CodeJudged::Sent) => Ok(sent(id)),
            (_, CodeJudged::Wait(seconds, _)) => Err(Failure::too_many(seconds)),
            (_, CodeJudged::Work(_)) => Err(Failure::of(ProblemCode::TooMany)),
        };
    }
    let worked =
        to.work.as_ref().and_then(|sent_back| work::take(&app.secret, &app.used_work, &address, sent_back, now));
    let asker = Asker::Stranger { address, worked: worked.is_some(), plain };
    let (id, judged) = make(app, &mobile, to.language, asker, now).await?;
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

/// Exchanges a code for a session. An earlier code of the same number stays valid for its own ten minutes, since
/// messages are slow (SEC-25).
pub async fn exchange_code(call: Call<ExchangeCode>) -> Result<Reply<Me>, Failure> {
    let typed = Typed::of(&call.body.code, &call.body.once);
    let proved = redeem(&call.app, &call.path.id, typed, call.now).await?;
    let actor = Actor::citizen(call.app.person(&proved.mobile));
    begin(&call, actor, proved.mobile.masked(), Some(proved), Client::Citizen).await
}

/// A number that was proved by a code.
#[derive(Debug, Clone)]
pub(super) struct Proved {
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
pub(super) fn typed_here(app: &App, id: &str, typed: Typed<'_>) -> Result<[u8; 32], Failure> {
    let digits = model::code::find(typed.code).ok_or_else(|| Failure::of(ProblemCode::NoCode))?;
    // A page that keeps no text cannot ask again.
    let once = typed.once.map_or_else(random_hex::<16>, |once| Ok(once.to_owned()))?;
    Ok(app.keyed("code again", format!("{} {once} {id} {digits}", typed.act).as_bytes()))
}

/// Uses up a code; answers the number that it has proved. Where no code was entered, no attempt is counted.
///
/// # Errors
/// 422 where it is wrong or missing, 410 where it is not valid any more.
async fn redeem(app: &App, id: &str, typed: Typed<'_>, now: Time) -> Result<Proved, Failure> {
    let by = typed_here(app, id, typed)?;
    redeem_by(app, id, typed, by, now).await
}

/// As [`redeem`], with the hash that tells it from others.
///
/// # Errors
/// As [`redeem`].
pub(super) async fn redeem_by(
    app: &App,
    id: &str,
    typed: Typed<'_>,
    by: [u8; 32],
    now: Time,
) -> Result<Proved, Failure> {
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

/// Exchanges a code for a session on a plain page; answers the cookies of session and device.
///
/// # Errors
/// As [`exchange_code`].
pub async fn enter(
    app: &App,
    headers: &HeaderMap,
    id: &str,
    typed: Typed<'_>,
    now: Time,
) -> Result<(Session, [String; 2]), Failure> {
    let proved = redeem(app, id, typed, now).await?;
    let person = app.person(&proved.mobile);
    leave(app, guard::session_of(app, headers, Client::Citizen, now).await?.as_ref(), Some(&proved)).await?;
    let (name, actor) = (proved.mobile.masked(), Actor::citizen(person));
    let (session, cookie) = start(app, actor, name, Some(proved), Client::Citizen, now).await?;
    Ok((session, [cookie, device::add(app, headers, Mark::Number(person))]))
}

/// Stores a new session; answers it and its cookie. Only the browser knows the token.
async fn start(
    app: &App,
    actor: Actor,
    name: String,
    proved: Option<Proved>,
    client: Client,
    now: Time,
) -> Result<(Session, String), Failure> {
    let (session, cookie) = drawn(actor, name, proved, client, now)?;
    app.store.create_session(&session).await?;
    Ok((session, cookie))
}

/// A new session, not stored yet, and its cookie.
fn drawn(
    actor: Actor,
    name: String,
    proved: Option<Proved>,
    client: Client,
    now: Time,
) -> Result<(Session, String), Failure> {
    let token = random_hex::<32>()?;
    let (mobile, begun_by) = proved.map(|proved| (proved.mobile, proved.by)).unzip();
    let (token_hash, created) = (guard::token_hash(&token), now);
    let session = Session { token_hash, actor, name, mobile, created, last_seen: now, begun_by, ends: None };
    Ok((session, client.set_cookie(&token)))
}

/// Sessions that the links of one case can have at once; the oldest end. Enough that nobody ends somebody else's by
/// accident.
const LINK_SESSIONS: u32 = 64;

/// Opens the case that a link names, in a session that sees nothing else; answers its cookie.
///
/// # Errors
/// Where the store does not answer.
pub async fn open_link(app: &App, case: &Case, now: Time) -> Result<String, Failure> {
    let scope = Scope::Case { person: case.citizen, reference: case.reference };
    let actor = Actor { staff: None, role: Role::Citizen, scope };
    let name = app.store.mobile_of(case.citizen).await?.map(|mobile| mobile.masked()).unwrap_or_default();
    app.store.end_sessions_but(&actor, LINK_SESSIONS - 1).await?;
    Ok(start(app, actor, name, None, Client::Citizen, now).await?.1)
}

/// Ends the previous session, which is not continued: the token is new at each sign-in (SEC-28). If it began by the
/// same page and code, the new one replaces it.
async fn leave(app: &App, old: Option<&Session>, proved: Option<&Proved>) -> Result<(), Failure> {
    match old {
        Some(old) if old.begun_by.is_none() || old.begun_by != proved.map(|proved| proved.by) => {
            Ok(app.store.sign_out(&old.token_hash).await?)
        }
        _ => Ok(()),
    }
}

/// Starts a session in the place of the previous one.
pub(super) async fn begin<E: model::wire::Endpoint>(
    call: &Call<E>,
    actor: Actor,
    name: String,
    proved: Option<Proved>,
    client: Client,
) -> Result<Reply<Me>, Failure> {
    leave(&call.app, call.session.as_ref(), proved.as_ref()).await?;
    answer_with_new(call, actor, name, proved, client).await
}

/// A new session as an answer, with the mark of the device.
async fn answer_with_new<E: model::wire::Endpoint>(
    call: &Call<E>,
    actor: Actor,
    name: String,
    proved: Option<Proved>,
    client: Client,
) -> Result<Reply<Me>, Failure> {
    let mark = match (&proved, actor.staff) {
        (Some(proved), _) => Some(Mark::Number(call.app.person(&proved.mobile))),
        (None, Some(staff)) => Some(Mark::Desk(staff)),
        (None, None) => None,
    };
    let (session, cookie) = start(&call.app, actor, name, proved, client, call.now).await?;
    Ok(told(call, &session, &cookie, mark))
}

/// A new session as an answer, with its cookie and the mark of the device.
fn told<E: model::wire::Endpoint>(call: &Call<E>, session: &Session, cookie: &str, mark: Option<Mark>) -> Reply<Me> {
    let reply = Reply::created(me(&call.app, session)).of(&session.actor).with_header(header::SET_COOKIE, cookie);
    match mark {
        Some(mark) => reply.with_header(header::SET_COOKIE, &device::add(&call.app, &call.headers, mark)),
        None => reply,
    }
}

/// Time for which a session continues beside the one that replaced it: if the answer with the new one is lost, the page
/// asks again.
const HANDED_OVER: Duration = Duration::minutes(5);

/// Whether a session has been handed over for another page or code; it starts no other session.
#[must_use]
pub(super) fn is_handed_over(session: &Session, by: &[u8; 32]) -> bool {
    session.ends.is_some() && session.begun_by != Some(*by)
}

/// Lets a session end soon, before the one that replaces it is made, so that of two pages that try at the same time
/// only one can.
///
/// # Errors
/// 401 where another page was faster; where the store does not answer.
pub(super) async fn end_soon(app: &App, session: &Session, by: &[u8; 32], now: Time) -> Result<(), Failure> {
    match app.store.hand_over_session(&session.token_hash, by, now + HANDED_OVER).await? {
        true => Ok(()),
        false => Err(Failure::of(ProblemCode::SignInNeeded)),
    }
}

/// Starts a session with another number of the same citizen. The previous one, which ends soon, shows the new number
/// until then.
///
/// # Errors
/// Where the store does not answer.
pub(super) async fn hand_over<E: model::wire::Endpoint>(
    call: &Call<E>,
    old: &Session,
    proved: Proved,
) -> Result<Reply<Me>, Failure> {
    let actor = Actor::citizen(call.app.person(&proved.mobile));
    let name = proved.mobile.masked();
    let Some(ending) = call.app.store.session(&old.token_hash).await? else {
        return Err(Failure::of(ProblemCode::SignInNeeded));
    };
    let mobile = Some(proved.mobile.clone());
    call.app.store.change_session(&Session { actor: actor.clone(), name: name.clone(), mobile, ..ending }).await?;
    answer_with_new(call, actor, name, Some(proved), Client::Citizen).await
}

fn me(app: &App, session: &Session) -> Me {
    let unit = match &session.actor.scope {
        Scope::Department(code) => app.facts.tables.department(code).map(|department| department.name.clone()),
        Scope::Office(party) => {
            party.office.and_then(|office| app.facts.offices.get(&office)).map(|office| office.name.clone())
        }
        Scope::District(lgd) => app
            .facts
            .tables
            .reference
            .districts
            .iter()
            .find(|district| district.lgd == *lgd)
            .map(|district| district.name.clone()),
        Scope::State | Scope::Own(_) | Scope::Case { .. } => None::<Names>,
    };
    let mark = guard::mark(app, &session.actor);
    Me { actor: Some(session.actor.clone()), name: session.name.clone(), unit, mark }
}

/// Who is signed in with this app; nobody is a possible answer.
pub async fn who_am_i(call: Call<WhoAmI>) -> Result<Reply<Me>, Failure> {
    Ok(Reply::ok(call.session.as_ref().map(|session| me(&call.app, session)).unwrap_or_default()))
}

/// Signs a staff member in. An unknown name takes as long as a wrong password, and is counted and delayed alike.
pub async fn sign_in(call: Call<SignIn>) -> Result<Reply<Me>, Failure> {
    let (app, now) = (&call.app, call.now);
    let username = call.body.username.trim().to_lowercase();
    // An account without a password is disabled; refusing it takes as long as any other.
    let account = app.store.account(&username).await?.filter(|account| !account.password.is_empty());
    let staff = account.as_ref().and_then(|account| account.actor.staff);
    let known = staff.is_some_and(|staff| device::has(app, &call.headers, Mark::Desk(staff)));
    let counts = failures(app, &username, &call.address, known);
    if let Some(seconds) = app.store.begin_sign_in(counts.clone(), now).await? {
        return Err(Failure::too_many(seconds));
    }
    let hash = account.as_ref().map_or(NOBODY.to_owned(), |account| account.password.clone());
    let password = call.body.password.clone();
    let _turn = match turn_to_hash(app).await {
        Ok(turn) => turn,
        Err(failure) => {
            // No attempt was made.
            app.store.end_sign_in(counts).await?;
            return Err(failure);
        }
    };
    let fits = tokio::task::spawn_blocking(move || verify_password(&password, &hash))
        .await
        .map_err(|error| Failure::internal(&error))?;
    match account {
        Some(account) if fits => {
            let (session, cookie) = drawn(account.actor, account.name, None, Client::Staff, now)?;
            // The password may have been changed, or the account disabled, while it was checked.
            if !app.store.create_staff_session(&session, &account.password).await? {
                return Err(Failure::of(ProblemCode::WrongPassword));
            }
            app.store.end_sign_in(counts).await?;
            leave(app, call.session.as_ref(), None).await?;
            Ok(told(&call, &session, &cookie, staff.map(Mark::Desk)))
        }
        _ => Err(Failure::of(ProblemCode::WrongPassword)),
    }
}

/// Waits until a password may be hashed. That takes 19 MB: two at a time are enough at the start of a shift, and too few to
/// fill the memory.
///
/// # Errors
/// 503 where it takes too long.
pub async fn turn_to_hash(app: &App) -> Result<SemaphorePermit<'_>, Failure> {
    let turn = tokio::time::timeout(std::time::Duration::from_secs(10), app.hashing.acquire()).await;
    let turn = turn.map_err(|_| Failure::unavailable(5))?;
    turn.map_err(|error| Failure::internal(&error))
}

/// How a failed sign-in is counted: a growing delay, never a lock, else anybody could lock anybody out (SEC-21). A
/// person who has signed in on this device before is counted by the device alone, so that strangers' failures do not
/// keep them out.
fn failures(app: &App, username: &str, address: &Address, known: bool) -> Vec<SignInCount> {
    let count = |purpose: &str, value: &[u8], free, cost| SignInCount { key: app.keyed(purpose, value), free, cost };
    let growing = SignInCost::Growing(8, 1_024);
    if known {
        return vec![count("sign-in device", username.as_bytes(), TRIES, growing)];
    }
    let pair = [address.as_slice(), username.as_bytes()].concat();
    vec![
        count("sign-in pair", &pair, TRIES, growing),
        // From whichever address: slow for a guesser, bearable for somebody at a new desk.
        count("sign-in name", username.as_bytes(), 20, SignInCost::Growing(1, 60)),
        // An office shares an address.
        count("sign-in address", address, 200, SignInCost::Hour),
    ]
}

/// A hash that no password has, with the same cost as all others.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Memory used for hashing, kept for the next time. Freed memory would stay with each thread that ever hashed: 19 MB
/// for every one.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Whether a password is the one of an argon2id PHC string.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let (Ok(params), Some(salt), Some(expected)) = (Params::try_from(&hash), &hash.salt, &hash.hash) else {
        return false;
    };
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::new());
    let mut output = vec![0; expected.len()];
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        &mut output,
        &mut memory,
    );
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    hashed.is_ok() && Output::new(&output).is_ok_and(|output| output == *expected)
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

/// Ends the session; the browser is told to delete what it stores.
pub async fn sign_out(call: Call<SignOut>) -> Result<Reply<()>, Failure> {
    if let Some(session) = &call.session {
        call.app.store.sign_out(&session.token_hash).await?;
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
        assert!(verify_password("correct horse", &hash), "in the memory of the wrong one");
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify_password("", NOBODY));
    }

    #[test]
    fn one_memory_serves_one_thread_after_the_other() {
        for _ in 0..8 {
            std::thread::spawn(|| verify_password("", NOBODY)).join().expect("no panic");
        }
        // Another test of passwords may have hashed at the same time.
        assert!(MEMORY.lock().expect("no panic").len() <= 2);
    }

    #[test]
    fn codes_are_six_digits() {
        for _ in 0..100 {
            let code = six_digits().expect("random");
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }
}
