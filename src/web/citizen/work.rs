//! Requests a code. Where many requests come from one address, as behind the one mobile mast of a village, the server
//! first demands a small proof of work: it costs a person a moment, and somebody who wants thousands of codes a day of
//! computing.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use model::wire::{CodeSent, SendCode, SendCodeRequest, Work};
use sha2::{Digest, Sha256};
use web::api::{CallError, Conditions, call};
use web::i18n::{key, language, t};

/// Milliseconds of computing after which the page gets its turn.
const TURN: f64 = 20.0;
/// Attempts between two looks at the clock.
const ROUND: u64 = 200;
/// Proofs computed at most for one code: a task may have expired by the time it is solved.
const TASKS: u8 = 2;

/// Requests a code for a number. `working` is set while this phone computes; when that signal is disposed of with its
/// page, the work ends.
///
/// # Errors
/// [`CallError`].
pub async fn ask(mobile: String, working: RwSignal<bool>) -> Result<CodeSent, CallError> {
    let mut body = SendCodeRequest { mobile, language: language(), work: None };
    for _ in 0..TASKS {
        let answer = call(&SendCode {}, &body, Conditions::default()).await;
        let task = match &answer {
            Err(CallError::Problem(problem)) => problem.work.clone(),
            _ => None,
        };
        let Some(task) = task else { return answer };
        working.try_set(true);
        let solved = solve(&task, working).await;
        working.try_set(false);
        body.work = Some(solved.ok_or(CallError::Network)?);
    }
    call(&SendCode {}, &body, Conditions::default()).await
}

/// Counts up until the hash of task and count begins with the demanded number of zero bits; `None` where the page is
/// gone.
async fn solve(task: &Work, working: RwSignal<bool>) -> Option<String> {
    let start = Sha256::new_with_prefix(format!("{}:", task.challenge));
    let mut count = 0u64;
    loop {
        let turn = js_sys::Date::now();
        while (0.0..TURN).contains(&(js_sys::Date::now() - turn)) {
            for _ in 0..ROUND {
                if zero_bits(&start.clone().chain_update(count.to_string()).finalize()) >= u32::from(task.bits) {
                    return Some(format!("{}:{count}", task.challenge));
                }
                count += 1;
            }
        }
        TimeoutFuture::new(0).await;
        working.try_get_untracked()?;
    }
}

/// The number of leading zero bits.
fn zero_bits(hash: &[u8]) -> u32 {
    let whole = hash.iter().take_while(|byte| **byte == 0).count();
    let rest = hash.get(whole).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(whole * 8).unwrap_or(u32::MAX).saturating_add(rest)
}

/// Says that the phone is computing.
#[component]
pub fn Working(working: RwSignal<bool>) -> impl IntoView {
    view! { <div class="state" role="status">{move || working.get().then(|| view! { <p class="notice">{t(key::CODE_WORKING)}</p> })}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bits_are_counted_over_bytes() {
        assert_eq!([zero_bits(&[0x80]), zero_bits(&[0, 0x1f]), zero_bits(&[0, 0]), zero_bits(&[])], [0, 11, 16, 0]);
    }
}
