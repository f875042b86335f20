//! Changing the number of a grievance: by a citizen who has proved both numbers, or at a counter, decided by a second
//! person.

use super::call::{Call, Reply, short_text};
use super::guard::Client;
use super::session::begun_here;
use crate::app::code::{Typed, redeem_by, typed_here};
use crate::app::number;
use crate::app::session::{end_soon, hand_over, is_handed_over};
use crate::failure::Failure;
use model::lifecycle::Refusal;
use model::lodging::Problem as FieldProblem;
use model::wire::{ChangeNumber, Me, Problem, ProblemCode, RequestNumberChange};
use model::{Mobile, Scope};

/// Moves all grievances of the signed-in citizen, and the session, to a number that they have just proved.
pub async fn change(call: Call<ChangeNumber>) -> Result<Reply<Me>, Failure> {
    let (app, actor) = (&call.app, call.actor()?);
    let Scope::Own(from) = actor.scope else { return Err(Failure::of(ProblemCode::NotPermitted)) };
    let Some(session) = call.session.clone() else { return Err(Failure::of(ProblemCode::SignInNeeded)) };
    let typed = Typed::of(&call.body.code, &call.body.once).for_another_number();
    let by = typed_here(app, &call.body.id, typed)?;
    // A session that was handed over gets the same answer again and starts no other.
    if is_handed_over(&session, &by) {
        return Err(Failure::of(ProblemCode::SignInNeeded));
    }
    let proved = redeem_by(app, &call.body.id, typed, by, call.now).await?;
    let to = app.person(&proved.mobile);
    if to == from && session.ends.is_none() && session.begun_by != Some(by) {
        return Err(Failure::of(ProblemCode::SameNumber));
    }
    end_soon(app, &session, &by, call.now).await?;
    if to != from
        && let Err(failure) = number::move_all(app, actor, from, &proved.mobile, call.now).await
    {
        // Nothing was moved, so the session continues.
        app.store.change_session(&session).await?;
        return Err(failure);
    }
    let begun = hand_over(app, &session, proved, call.now).await?;
    Ok(begun_here(&call, &begun, Client::Citizen))
}

/// Asks to change the number of a case. The counter need not be able to read it; its number is on the citizen's
/// receipt.
pub async fn request(call: Call<RequestNumberChange>) -> Result<Reply<()>, Failure> {
    let (app, actor) = (&call.app, call.actor()?);
    let mobile = Mobile::parse(&call.body.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    let Some(reason) = short_text(&call.body.reason) else {
        let refusal = Some(Refusal::TextMissing);
        return Err(Failure(Box::new(Problem { refusal, ..Problem::new(ProblemCode::BadAction) })));
    };
    number::request(app, actor, call.path.reference, &mobile, &reason, call.now).await?;
    Ok(Reply::ok(()))
}
