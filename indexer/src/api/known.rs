//! Refuses queries that a path doesn't take: a mistyped parameter would be passed over, and the answer be another than was
//! asked for. What a path takes is what its description says.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::Number;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

use super::Problem;

/// The query parameters that each path takes.
#[derive(Debug)]
pub(super) struct Known(HashMap<String, Vec<(String, Takes)>>);

/// The values that a parameter takes.
#[derive(Debug)]
enum Takes {
    /// Whole numbers in this range.
    Number(u64, u64),
    /// One of these words.
    Word(Vec<String>),
    /// Texts that the path itself reads.
    Text,
}

impl Known {
    /// Those of a description.
    pub(super) fn of(description: &OpenApi) -> Arc<Self> {
        let named = |parameters: &Vec<Parameter>| -> Vec<(String, Takes)> {
            let query = parameters.iter().filter(|parameter| parameter.parameter_in == ParameterIn::Query);
            query.map(|parameter| (parameter.name.clone(), Takes::of(parameter))).collect()
        };
        let of = |(path, item): (&String, &utoipa::openapi::PathItem)| {
            let operation = [&item.get, &item.post].into_iter().flatten().next();
            let parameters = operation.and_then(|operation| operation.parameters.as_ref());
            (path.clone(), parameters.map(named).unwrap_or_default())
        };
        Arc::new(Self(description.paths.paths.iter().map(of).collect()))
    }

    /// The problem with a query of this path.
    fn problem(&self, path: &str, request: &Request) -> Option<Problem> {
        request.uri().query()?;
        let known = self.0.get(path)?;
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).ok()?;
        let mut seen = HashSet::new();
        given.iter().find_map(|(name, value)| {
            let Some((_, takes)) = known.iter().find(|(known, _)| known == name) else {
                return Some(Problem::unknown_parameter(name, known.iter().map(|(name, _)| name.as_str())));
            };
            if !seen.insert(name) {
                return Some(Problem::bad_request(format!("{name} is given twice: give it once.")));
            }
            let wanted = takes.wanted(value)?;
            let shown: String = value.chars().take(40).collect();
            Some(Problem::bad_request(format!("{name} is {shown:?}: give {wanted}.")))
        })
    }
}

impl Takes {
    fn of(parameter: &Parameter) -> Self {
        let Some(RefOr::T(Schema::Object(schema))) = &parameter.schema else { return Self::Text };
        let Object { schema_type, minimum, maximum, enum_values, .. } = schema;
        if let Some(words) = enum_values {
            return Self::Word(words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect());
        }
        if *schema_type == SchemaType::Type(Type::Integer) {
            let number = |given: &Option<Number>| given.as_ref().and_then(whole);
            return Self::Number(number(minimum).unwrap_or(0), number(maximum).unwrap_or(u64::MAX));
        }
        Self::Text
    }

    /// What to give instead of `value`, if that isn't taken.
    fn wanted(&self, value: &str) -> Option<String> {
        match self {
            Self::Number(least, most) => {
                let fits = value.parse().is_ok_and(|number| (*least..=*most).contains(&number));
                (!fits).then(|| format!("a whole number from {least} to {most}"))
            }
            Self::Word(words) => {
                (!words.iter().any(|word| word == value)).then(|| format!("one of {}", words.join(", ")))
            }
            Self::Text => None,
        }
    }
}

/// A bound of a description. Ours are whole and not negative.
fn whole(number: &Number) -> Option<u64> {
    match number {
        Number::Int(number) => u64::try_from(*number).ok(),
        Number::UInt(number) => u64::try_from(*number).ok(),
        Number::Float(_) => None,
    }
}

/// Passes a request on if its path takes every parameter of its query.
pub(super) async fn refuse(known: Arc<Known>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    match path.and_then(|path| known.problem(path.as_str(), &request)) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}
