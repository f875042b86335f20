//! Entry of the citizen app.

use leptos::prelude::*;
use web::citizen::CitizenApp;
use web::start::start;

fn main() {
    start(&["citizen"], |language| view! { <CitizenApp language/> });
}
