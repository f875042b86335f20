//! The order in which places are visited: from where somebody is, always the nearest next.

use crate::lifecycle::Position;

/// Metres in a degree of latitude.
const DEGREE: f64 = 111_195.0;

/// Metres between two positions, as the crow flies. Within a state the curve of the earth does not matter.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most half the earth's circumference
pub fn metres(from: Position, to: Position) -> u32 {
    let degrees = |micro: i32| f64::from(micro) / 1e6;
    let north = degrees(to.latitude_micro) - degrees(from.latitude_micro);
    // A degree to the east is shorter by the cosine of the latitude.
    let narrow = degrees(from.latitude_micro).to_radians().cos();
    let east = (degrees(to.longitude_micro) - degrees(from.longitude_micro)) * narrow;
    (north.hypot(east) * DEGREE) as u32
}

/// A stop on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop<T> {
    /// What is visited there.
    pub visit: T,
    /// Metres from the stop before it, or from the start; `None` where the place of either is not known.
    pub metres: Option<u32>,
}

/// The way through these places: always the nearest next, of equally near ones the first. Those whose place is not known come
/// last, in their order.
#[must_use]
pub fn nearest_next<T: Copy>(start: Option<Position>, places: &[(T, Option<Position>)]) -> Vec<Stop<T>> {
    let (mut known, unknown): (Vec<_>, Vec<_>) = places.iter().copied().partition(|(_, at)| at.is_some());
    let (mut here, mut route) = (start, Vec::with_capacity(places.len()));
    while !known.is_empty() {
        let far = |at: Option<Position>| here.zip(at).map(|(here, at)| metres(here, at));
        let nearest = (0..known.len()).min_by_key(|index| known.get(*index).and_then(|(_, at)| far(*at))).unwrap_or(0);
        let (visit, at) = known.remove(nearest);
        route.push(Stop { visit, metres: far(at) });
        here = at;
    }
    route.extend(unknown.into_iter().map(|(visit, _)| Stop { visit, metres: None }));
    route
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(north: f64, east: f64) -> Position {
        #[allow(clippy::cast_possible_truncation)]
        let micro = |degrees: f64| (degrees * 1e6) as i32;
        Position { latitude_micro: micro(north), longitude_micro: micro(east), accuracy_m: 10 }
    }

    #[test]
    fn distances_are_those_of_the_map() {
        // Kolkata to Bolpur, 140 km; a tenth of a degree to the east at 23 degrees north, 10.2 km.
        assert!((139_000..142_000).contains(&metres(at(22.5726, 88.3639), at(23.6688, 87.6824))));
        assert!((10_100..10_400).contains(&metres(at(23.0, 88.0), at(23.0, 88.1))));
        assert_eq!(metres(at(23.0, 88.0), at(23.0, 88.0)), 0);
    }

    #[test]
    fn the_nearest_is_next_and_what_nobody_knows_comes_last() {
        let places =
            [('a', Some(at(23.0, 88.4))), ('?', None), ('b', Some(at(23.0, 88.1))), ('c', Some(at(23.0, 88.2)))];
        let order = |start| nearest_next(start, &places).iter().map(|stop| stop.visit).collect::<String>();
        assert_eq!(order(Some(at(23.0, 88.0))), "bca?");
        assert_eq!(order(Some(at(23.0, 88.5))), "acb?");
        // Without a start the first of the list is first.
        assert_eq!(order(None), "acb?");
        let route = nearest_next(Some(at(23.0, 88.0)), &places);
        assert!(route.iter().map(|stop| stop.metres.is_some()).eq([true, true, true, false]));
        assert!(nearest_next::<u8>(None, &[]).is_empty());
    }

    #[test]
    fn places_that_are_one_keep_their_order() {
        let here = Some(at(23.0, 88.0));
        let route = nearest_next(here, &[(1, here), (2, here), (3, here)]);
        assert!(route.iter().map(|stop| (stop.visit, stop.metres)).eq([(1, Some(0)), (2, Some(0)), (3, Some(0))]));
    }
}
