import Corpus
import QA

extension MetricsSource {
    /// What there is of each tenant's and what its callers ask, for whoever runs the server. A tenant's own figures name
    /// no other one.
    static func tenants(
        _ tenants: [String: ServedTenant], _ houses: [String: Application]
    ) -> MetricsSource {
        MetricsSource("tenants") {
            let names = tenants.keys.sorted()
            var chunks: [(String, Int)] = []
            for name in names {
                guard let tenant = tenants[name] else { continue }
                chunks.append((name, try await tenant.corpus.countChunks(model: tenant.qa.modelName)))
            }
            let requests = names.compactMap { name in
                houses[name].map { (name, $0.metrics.requests.total) }
            }
            return [
                .labelled(
                    .gauge, "millrace_tenant_chunks", by: "tenant", chunks,
                    "Stored passages of each tenant but the default one"),
                .labelled(
                    .gauge, "millrace_tenant_vectors", by: "tenant",
                    names.compactMap { name in tenants[name].map { (name, $0.indexCount()) } },
                    "Passages that each tenant's index of vectors can find"),
                .labelled(
                    .counter, "millrace_tenant_http_requests_total", by: "tenant", requests,
                    "Requests of each tenant but the default one, which are in no other figure of requests"),
            ]
        }
    }
}

extension RequestMetrics {
    /// Requests that were answered since the start.
    fileprivate var total: Int {
        all.reduce(0) { sum, entry in entry.1.counts.reduce(sum) { $0 + Int(clamping: $1.value) } }
    }
}
