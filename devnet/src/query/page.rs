//! Pages of a list: `limit` and `offset`, or the key the page before ended with.
use cosmos_sdk_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};

/// As the SDK's default.
const LIMIT: usize = 100;

/// The page asked for. The key is a position; clients treat it as opaque.
pub(crate) fn page<T>(items: Vec<T>, request: Option<PageRequest>) -> (Vec<T>, Option<PageResponse>) {
    let request = request.unwrap_or_default();
    let start = match request.key.as_slice() {
        [] => request.offset,
        // A key that is not ours is past the end, where a node would find nothing either.
        key => key.try_into().map_or(u64::MAX, u64::from_be_bytes),
    };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let limit = match usize::try_from(request.limit).unwrap_or(usize::MAX) {
        0 => LIMIT,
        limit => limit,
    };
    let total = items.len();
    let end = start.saturating_add(limit);
    let next_key = if end < total { position(end) } else { Vec::new() };
    let page = items.into_iter().skip(start).take(limit).collect();
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    (page, Some(PageResponse { next_key, total }))
}

fn position(index: usize) -> Vec<u8> {
    u64::try_from(index).unwrap_or(u64::MAX).to_be_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_join_up() {
        let all: Vec<u32> = (0..10).collect();
        let mut seen = Vec::new();
        let mut key = Vec::new();
        loop {
            let request = PageRequest { key, limit: 4, ..PageRequest::default() };
            let (items, response) = page(all.clone(), Some(request));
            seen.extend(items);
            key = response.unwrap().next_key;
            if key.is_empty() {
                break;
            }
        }
        assert_eq!(seen, all);
        let bad = PageRequest { key: vec![1], ..PageRequest::default() };
        assert_eq!(page(all, Some(bad)).0, Vec::<u32>::new());
    }
}
