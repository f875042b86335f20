//! Entry of the citizen app: lodging.

use leptos::prelude::*;
use web::citizen::CitizenApp;
use web::start::start;

fn main() {
    start(&["citizen"], |_| view! { <CitizenApp/> });
}
