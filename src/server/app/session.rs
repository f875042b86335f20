//! Sessions: who signs in, for how long that holds, and how one session takes the place of another. Only the browser knows a
//! session's token; the store has its hash.

use super::code::{self, Proved, Typed};
use super::password;
use crate::failure::Failure;
use crate::limits::Address;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{Session, SignInCost, SignInCount};
use chrono::Duration;
use model::lifecycle::Case;
use model::wire::{DeviceKey, Me, Names, ProblemCode, SESSION_MINUTES};
use model::{Actor, Role, Scope, StaffId, Time};
use sha2::{Digest, Sha256};

/// Longest time for which any session lasts (SEC-30).
pub const LONGEST: Duration = Duration::hours(12);

/// Sessions that the links of one case can have at once; the oldest end. Enough that nobody ends somebody else's by
/// accident.
const LINK_SESSIONS: u32 = 64;

/// Time for which a session continues beside the one that replaced it: if the answer with the new one is lost, the page
/// asks again.
const HANDED_OVER: Duration = Duration::minutes(5);

/// A session that has begun. Not to be logged, hence without `Debug`.
#[derive(Clone)]
pub struct Begun {
    /// As it is stored.
    pub session: Session,
    /// What the browser sends to be recognised.
    pub token: String,
}

/// The hash under which a token is stored.
#[must_use]
fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The session of a token, if it has not ended; its last use is noted.
///
/// # Errors
/// Where the store does not answer.
pub async fn find(
    app: &App,
    token: &str,
    fits: impl FnOnce(Role) -> bool,
    now: Time,
) -> Result<Option<Session>, Failure> {
    let hash = token_hash(token);
    let Some(mut session) = app.store.session(&hash).await? else { return Ok(None) };
    session.actor.person = session.of_account.as_ref().map(|mobile| app.person(mobile));
    if !fits(session.actor.role) || !holds(&session, now) {
        app.store.end_session(&hash).await?;
        return Ok(None);
    }
    if now - session.last_seen > Duration::minutes(1) {
        app.store.touch_session(&hash, now).await?;
    }
    Ok(Some(session))
}

/// The role of a token's session, if it has not ended; this does not extend the session.
///
/// # Errors
/// Where the store does not answer.
pub async fn role(app: &App, token: &str, now: Time) -> Result<Option<Role>, Failure> {
    let session = app.store.session(&token_hash(token)).await?;
    Ok(session.filter(|session| holds(session, now)).map(|session| session.actor.role))
}

/// Whether a session has not ended.
fn holds(session: &Session, now: Time) -> bool {
    // A session from the future began under a wrong clock and would never end.
    let began = session.created.max(session.last_seen);
    began <= now + Duration::minutes(2)
        && now - session.last_seen <= Duration::minutes(SESSION_MINUTES.into())
        && now - session.created <= LONGEST
        && session.ends.is_none_or(|ends| now < ends)
}

/// A mark that is equal for all sessions of one person, whatever they can see, and different for anybody else.
#[must_use]
pub fn mark(app: &App, actor: &Actor) -> String {
    let who = match (&actor.scope, actor.staff) {
        (_, Some(staff)) => format!("staff {staff}"),
        (Scope::Own(person) | Scope::Case { person, .. }, None) => format!("person {person}"),
        _ => return String::new(),
    };
    hex::encode(app.keyed("mark", who.as_bytes()).get(..8).unwrap_or_default())
}

/// Who is signed in, as pages show it.
#[must_use]
pub fn me(app: &App, session: &Session) -> Me {
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
    let mark = mark(app, &session.actor);
    let device_key = session.actor.staff.map(|staff| hex::encode(app.keyed("device", staff.to_string().as_bytes())));
    let device_key = DeviceKey(device_key.unwrap_or_default());
    Me { actor: Some(session.actor.clone()), name: session.name.clone(), unit, mark, device_key }
}

/// Stores a new session.
async fn start(app: &App, actor: Actor, name: String, proved: Option<Proved>, now: Time) -> Result<Begun, Failure> {
    let begun = draw(actor, name, proved, now)?;
    app.store.create_session(&begun.session).await?;
    Ok(begun)
}

/// A new session, not stored yet.
fn draw(actor: Actor, name: String, proved: Option<Proved>, now: Time) -> Result<Begun, Failure> {
    let token = random_hex::<32>()?;
    let (mobile, begun_by) = proved.map(|proved| (proved.mobile, proved.by)).unzip();
    let token_hash = token_hash(&token);
    let session = Session {
        token_hash,
        actor,
        name,
        mobile,
        created: now,
        last_seen: now,
        begun_by,
        ends: None,
        of_account: None,
    };
    Ok(Begun { session, token })
}

/// Exchanges a code for a session, which takes the place of the `old` one. An earlier code of the same number stays valid for
/// its own ten minutes, since messages are slow (SEC-25).
///
/// # Errors
/// As [`code::redeem`].
pub async fn by_code(
    app: &App,
    id: &str,
    typed: Typed<'_>,
    old: Option<&Session>,
    now: Time,
) -> Result<Begun, Failure> {
    let proved = code::redeem(app, id, typed, now).await?;
    leave(app, old, Some(&proved)).await?;
    of_number(app, proved, now).await
}

/// A new session of the citizen with a number.
async fn of_number(app: &App, proved: Proved, now: Time) -> Result<Begun, Failure> {
    let (actor, name) = (Actor::citizen(app.person(&proved.mobile)), proved.mobile.masked());
    start(app, actor, name, Some(proved), now).await
}

/// Opens the case that a link names, in a session that sees nothing else.
///
/// # Errors
/// Where the store does not answer.
pub async fn open_link(app: &App, case: &Case, now: Time) -> Result<Begun, Failure> {
    let scope = Scope::Case { person: case.citizen, reference: case.reference };
    let actor = Actor::anybody(Role::Citizen, scope);
    let name = app.store.mobile_of(case.citizen).await?.map(|mobile| mobile.masked()).unwrap_or_default();
    app.store.end_sessions_but(&actor, LINK_SESSIONS - 1).await?;
    start(app, actor, name, None, now).await
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

/// Whether a session has been handed over for another page or code; it starts no other session.
#[must_use]
pub fn is_handed_over(session: &Session, by: &[u8; 32]) -> bool {
    session.ends.is_some() && session.begun_by != Some(*by)
}

/// Lets a session end soon, before the one that replaces it is made, so that of two pages that try at the same time
/// only one can.
///
/// # Errors
/// 401 where another page was faster; where the store does not answer.
pub async fn end_soon(app: &App, session: &Session, by: &[u8; 32], now: Time) -> Result<(), Failure> {
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
pub async fn hand_over(app: &App, old: &Session, proved: Proved, now: Time) -> Result<Begun, Failure> {
    let (actor, name) = (Actor::citizen(app.person(&proved.mobile)), proved.mobile.masked());
    let Some(ending) = app.store.session(&old.token_hash).await? else {
        return Err(Failure::of(ProblemCode::SignInNeeded));
    };
    let mobile = Some(proved.mobile.clone());
    app.store.change_session(&Session { actor, name, mobile, ..ending }).await?;
    of_number(app, proved, now).await
}

/// A staff member who signs in.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// As typed.
    pub username: &'a str,
    /// As typed.
    pub password: &'a str,
    /// From where.
    pub address: &'a Address,
    /// The session of the same browser, which ends.
    pub old: Option<&'a Session>,
}

/// Signs a staff member in. An unknown name takes as long as a wrong password, and is counted and delayed alike. `known` tells
/// whether somebody has signed in on this device before.
///
/// # Errors
/// 401 where name or password is wrong, 429 where it must wait, 503 where too many passwords are being checked.
pub async fn sign_in(
    app: &App,
    attempt: Attempt<'_>,
    known: impl FnOnce(StaffId) -> bool,
    now: Time,
) -> Result<Begun, Failure> {
    let username = attempt.username.trim().to_lowercase();
    // An account without a password is disabled; refusing it takes as long as any other.
    let account = app.store.account(&username).await?.filter(|account| !account.password.is_empty());
    let staff = account.as_ref().and_then(|account| account.actor.staff);
    let counts = failures(app, &username, attempt.address, staff.is_some_and(known));
    if let Some(seconds) = app.store.begin_sign_in(counts.clone(), now).await? {
        return Err(Failure::too_many(seconds));
    }
    let hash = account.as_ref().map_or(password::NOBODY.to_owned(), |account| account.password.clone());
    let given = attempt.password.to_owned();
    let _turn = match password::turn(app).await {
        Ok(turn) => turn,
        Err(failure) => {
            // No attempt was made.
            app.store.end_sign_in(counts).await?;
            return Err(failure);
        }
    };
    let fits = tokio::task::spawn_blocking(move || password::verify(&given, &hash))
        .await
        .map_err(|error| Failure::internal(&error))?;
    let Some(account) = account.filter(|_| fits) else { return Err(Failure::of(ProblemCode::WrongPassword)) };
    let begun = draw(account.actor, account.name, None, now)?;
    // The password may have been changed, or the account disabled, while it was checked.
    if !app.store.create_staff_session(&begun.session, &account.password).await? {
        return Err(Failure::of(ProblemCode::WrongPassword));
    }
    app.store.end_sign_in(counts).await?;
    leave(app, attempt.old, None).await?;
    Ok(begun)
}

/// How a failed sign-in is counted: a growing delay, never a lock, else anybody could lock anybody out (SEC-21). A
/// person who has signed in on this device before is counted by the device alone, so that strangers' failures do not
/// keep them out.
fn failures(app: &App, username: &str, address: &Address, known: bool) -> Vec<SignInCount> {
    let count = |purpose: &str, value: &[u8], free, cost| SignInCount { key: app.keyed(purpose, value), free, cost };
    let growing = SignInCost::Growing(8, 1_024);
    if known {
        return vec![count("sign-in device", username.as_bytes(), code::TRIES, growing)];
    }
    let pair = [address.as_slice(), username.as_bytes()].concat();
    vec![
        count("sign-in pair", &pair, code::TRIES, growing),
        // From whichever address: slow for a guesser, bearable for somebody at a new desk.
        count("sign-in name", username.as_bytes(), 20, SignInCost::Growing(1, 60)),
        // An office shares an address.
        count("sign-in address", address, 200, SignInCost::Hour),
    ]
}
