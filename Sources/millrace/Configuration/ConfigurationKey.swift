/// A setting: its dotted path in `millrace.yaml`, its standard value and what it means.
///
/// `server.port` in the file is `MILLRACE_SERVER_PORT` in the environment and `--set server.port=…` on the
/// command line; the command line wins over the environment, which wins over the file.
struct ConfigurationKey: Sendable {
    var path: String
    var standard: String
    var meaning: String

    var environmentName: String {
        "MILLRACE_" + path.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// Every setting there is.
    static let all: [ConfigurationKey] = [
        .init("data", "millrace-data", "the folder that holds the database and the vector index"),
        .init("log.level", "info", "trace, debug, info, notice, warning, error or critical"),
        .init("log.format", "auto", "text, json, or auto: text on a terminal"),
        .init("server.host", "127.0.0.1", "the address to listen on"),
        .init("server.port", "8080", "the port to listen on; 0 for any free one"),
        .init("server.body_limit_bytes", "1048576", "the largest request body"),
        .init("server.max_concurrent_runs", "8", "questions answered side by side"),
        .init(
            "server.default_principals", "",
            "who asks when a request does not say; empty for nobody signed in"),
        .init(
            "embedding.provider", "local", "local (all-MiniLM-L6-v2) or bedrock (Titan Text Embeddings V2)"),
        .init(
            "embedding.model_dir", "",
            "the folder of the local model; empty for the cache that scripts/setup fills"),
        .init("embedding.threads", "0", "threads of the local model; 0 for one a core"),
        .init("answers.provider", "extractive", "extractive (quotes sentences) or bedrock (Converse)"),
        .init("answers.timeout_seconds", "60", "the longest run of a flow"),
        .init("answers.flows_dir", "", "a folder of further flows, one JSON file each"),
        .init("search.ef_search", "128", "breadth of the graph search: larger finds more and takes longer"),
        .init("search.rrf_k", "10", "the constant of reciprocal rank fusion"),
        .init("search.vector_weight", "1", "the weight of passages found by meaning"),
        .init("search.keyword_weight", "0.7", "the weight of passages found by words"),
        .init("ingest.strategy", "structure", "structure or fixed: how pages are cut into chunks"),
        .init("ingest.max_tokens", "254", "tokens of a chunk at most, its headings included"),
        .init("ingest.max_removal_share", "0.5", "share of a space's documents that one ingest may remove"),
        .init("confluence.flavour", "detect", "cloud, data-center, or detect"),
        .init("confluence.email", "", "the account of an API token (Cloud); empty for a bearer token"),
        .init("confluence.token", "", "the token; better given as MILLRACE_CONFLUENCE_TOKEN than in a file"),
        .init("confluence.spaces", "", "space keys, separated by commas; empty for all but personal ones"),
        .init(
            "http.ca_file", "",
            "a file of the certificate authorities to trust in place of the system's (PEM)"),
        .init("http.proxy", "", "an HTTP proxy's URL"),
        .init("bedrock.region", "us-east-1", "the AWS region of Bedrock"),
        .init("bedrock.endpoint", "", "another endpoint than the region's own"),
        .init("bedrock.embedding_model", "amazon.titan-embed-text-v2:0", "the model that embeds"),
        .init("bedrock.embedding_dimension", "1024", "256, 512 or 1024"),
        .init("bedrock.answer_model", "anthropic.claude-3-5-haiku-20241022-v1:0", "the model that answers"),
    ]

    init(_ path: String, _ standard: String, _ meaning: String) {
        self.path = path
        self.standard = standard
        self.meaning = meaning
    }

    static let paths = Set(all.map(\.path))

    /// Keys whose values are never shown.
    static let secrets: Set<String> = ["confluence.token"]
}
