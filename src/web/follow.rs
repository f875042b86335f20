//! Entry of the citizen app behind the sign-in: following, confirming, disputing.

use leptos::prelude::*;
use web::citizen::FollowApp;
use web::start::start;

fn main() {
    start(&["citizen"], |_| view! { <FollowApp/> });
}
