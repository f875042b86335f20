//! Lodging, reading and acting on cases.

use super::call::{Call, Reply, short_text};
use crate::app::Once;
use crate::app::act::{self, Command, Seen, execute};
use crate::app::lodge::{self, Sender};
use crate::app::policy::{self, Wish, may_read};
use crate::app::read::{own_lines, readable, readable_in_full};
use crate::app::view::view;
use crate::failure::Failure;
use model::lifecycle::{self, Channel};
use model::wire::{
    AccessLine, AccessLog, Act, CaseLine, CaseView, GetCase, Lodge, MyGrievances, Preview, PreviewAction, Problem,
    ProblemCode, Receipt, Reveal, Revealed,
};
use model::{Actor, Role};

/// Lodges a grievance. A citizen can lodge without a session; the number is then unproved.
pub async fn lodge(call: Call<Lodge>) -> Result<Reply<Receipt>, Failure> {
    let session_mobile = call.session.as_ref().and_then(|session| session.mobile.clone());
    let staff = call.session.as_ref().map(|session| session.actor.clone()).filter(|actor| actor.role != Role::Citizen);
    let idempotency = call.idempotency_of(b"anybody");
    let sender = Sender { staff, proved: session_mobile, address: call.address, channel: Channel::Web };
    Ok(match lodge::lodge(&call.app, &call.body, sender, idempotency, call.now).await? {
        Once::Done(receipt) => Reply::created(receipt),
        Once::Before(answer) => Reply::repeated(answer),
    })
}

/// The signed-in citizen's grievances.
pub async fn mine(call: Call<MyGrievances>) -> Result<Reply<Vec<CaseLine>>, Failure> {
    Ok(Reply::ok(own_lines(&call.app, call.actor()?).await?))
}

/// A case; readings by staff are recorded.
pub async fn one(call: Call<GetCase>) -> Result<Reply<CaseView>, Failure> {
    let actor = call.actor()?;
    let case = readable(&call.app, actor, call.path.reference).await?;
    policy::read(&call.app, actor, Wish::Case(&case), call.now).await?;
    let view = view(&call.app, &case, actor, call.now).await?;
    Ok(Reply::ok(view).with_version(case.version))
}

/// Acts on a case, if the rulebook allows it.
pub async fn act(call: Call<Act>) -> Result<Reply<CaseView>, Failure> {
    let actor = call.actor()?;
    let failure = match act_once(&call, actor).await {
        Err(failure) if failure.0.code != ProblemCode::KeyReused => failure,
        answered => return answered,
    };
    // Asked after the refusal, not before, since the same request may have been done in between.
    match call.idempotency() {
        Some(idempotency) => match call.app.store.repeated(&idempotency).await? {
            Some(done) => done_before(&call, actor, &done).await,
            None => Err(failure),
        },
        None => Err(failure),
    }
}

/// What an action would do, without doing it.
pub async fn preview(call: Call<PreviewAction>) -> Result<Reply<Preview>, Failure> {
    let (actor, seen) = (call.actor()?, call.if_match.map_or(Seen::Unsaid, Seen::Version));
    let command = Command { actor, reference: call.path.reference, action: &call.body, seen, once: None };
    Ok(Reply::ok(act::preview(&call.app, command, call.now).await?))
}

async fn act_once(call: &Call<Act>, actor: &Actor) -> Result<Reply<CaseView>, Failure> {
    let app = &call.app;
    let seen = call.if_match.map_or(Seen::Unsaid, Seen::Version);
    let (reference, once) = (call.path.reference, call.idempotency());
    match execute(app, Command { actor, reference, action: &call.body, seen, once }, call.now).await? {
        Once::Done(case) => {
            let view = view(app, &case, actor, call.now).await?;
            Ok(Reply::ok(view).with_version(case.version))
        }
        Once::Before(version) => done_before(call, actor, &version).await,
    }
}

/// The request was done before: the answer is the case as it is now. If the action ended the actor's access, the case
/// is shown as it was then, as long as nobody else has acted.
async fn done_before(call: &Call<Act>, actor: &Actor, version: &str) -> Result<Reply<CaseView>, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    let case = call.app.store.case(call.path.reference).await?.ok_or_else(missing)?;
    if !may_read(actor, &case) && case.version.to_string() != version {
        return Err(missing());
    }
    if may_read(actor, &case) {
        policy::read(&call.app, actor, Wish::Case(&case), call.now).await?;
    }
    let view = view(&call.app, &case, actor, call.now).await?;
    Ok(Reply::ok(view).with_version(case.version))
}

/// Shows the whole number to somebody who must call; with a reason, and recorded (SEC-03).
pub async fn reveal(call: Call<Reveal>) -> Result<Reply<Revealed>, Failure> {
    let actor = call.actor()?;
    let case = readable(&call.app, actor, call.path.reference).await?;
    let Some(reason) = short_text(&call.body.reason) else {
        let refusal = Some(lifecycle::Refusal::TextMissing);
        return Err(Failure(Box::new(Problem { refusal, ..Problem::new(ProblemCode::BadAction) })));
    };
    let mobile = call.app.store.mobile_of(case.citizen).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    policy::read(&call.app, actor, Wish::Number(&case, &reason), call.now).await?;
    Ok(Reply::ok(Revealed { mobile: mobile.as_str().to_owned() }))
}

/// Who has read a case: role and department, without names (AUD-06).
pub async fn access(call: Call<AccessLog>) -> Result<Reply<Vec<AccessLine>>, Failure> {
    let case = readable_in_full(&call.app, call.actor()?, call.path.reference).await?;
    Ok(Reply::ok(call.app.store.access(case.reference).await?))
}
