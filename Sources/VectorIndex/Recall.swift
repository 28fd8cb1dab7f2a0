/// recall@k: the share of the true `k` nearest that an approximate search found.
///
/// A result counts as found if its distance is no larger than the true k-th distance (plus a relative 1e-6
/// for rounding), so that of equally distant vectors any may be returned. Aumüller, Bernhardsson & Faithfull,
/// "ANN-Benchmarks" (2018), section 2, define it so.
///
/// - Parameters:
///   - found: what the search returned, nearest first.
///   - truth: what exact search returned, nearest first; at most `k` are looked at.
///   - k: how many neighbours were asked for.
/// - Returns: 0…1; 1 if there is nothing to find.
public func recall(of found: [Neighbor], against truth: [Neighbor], k: Int) -> Double {
    let truth = truth.prefix(k)
    guard let last = truth.last else { return 1 }
    let threshold = last.distance + max(abs(last.distance) * 1e-6, 1e-6)
    let hits = found.prefix(k).count { $0.distance <= threshold }
    return Double(min(hits, truth.count)) / Double(truth.count)
}
