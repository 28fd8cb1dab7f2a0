import Foundation

extension Keys {
    struct Flows: Sendable {
        let workers = Setting<Int>(
            "flows.workers", 4, in: 0...256,
            "asynchronous runs that this process carries out side by side; 0 for none")
        let attempts = Setting<Int>(
            "flows.attempts", 3, in: 1...20, "attempts at an asynchronous run, the first included")
        let runSeconds = Setting<Double>(
            "flows.run_seconds", 3_600, in: 1...86_400, "the longest asynchronous run")
        let leaseSeconds = Setting<Double>(
            "flows.lease_seconds", 30, in: 1...3_600,
            "how long a run waits for a worker that has died before another one takes it")
        let keptHours = Setting<Double>(
            "flows.kept_hours", 1, in: 0.1...8_760, "how long ended runs and their events are kept")
        let conversationDays = Setting<Int>(
            "flows.conversation_days", 0, in: 0...3_650,
            "how long conversations are kept after their last message; 0 for ever")
        let maxSteps = Setting<Int>(
            "flows.max_steps", 100_000, in: 1...10_000_000, "steps that one run may take")
        let maxTokens = Setting<Int?>(
            "flows.max_tokens", in: 1...1_000_000_000, "tokens of models that one run may use")
        let hosts = Setting<[String]>(
            "flows.http_hosts",
            "hosts that flows may ask: names, *.names, or * for every public one; none unless told")
        let ranges = Setting<[String]>(
            "flows.http_ranges",
            "private addresses that flows may reach at those hosts, such as 10.1.0.0/16; none unless told")
        let arXiv = Setting<Bool>("flows.arxiv", true, "whether flows may search arXiv")
        let searchURL = Setting<URL?>(
            address: "flows.search_url", "a SearXNG that web searches of flows ask")
        let mcpServers = Setting<[String]>(
            "flows.mcp_servers", "MCP servers that flows may use, as NAME=URL, …")
        let databases = Setting<[String]>(
            "flows.databases", "SQLite files that flows may query, as NAME=PATH, …; they are only read")
    }
}
