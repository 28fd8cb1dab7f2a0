import Confluence

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
        .init(
            "ingest.attachments", "all",
            "which are read: all, none, or some of text, markdown, html, csv, pdf, docx, xlsx, pptx"
        ),
        .init("ingest.attachment_limit_bytes", "20971520", "the largest attachment that is read"),
        .init("ingest.attachment_text_limit_bytes", "5242880", "how much text one attachment may give"),
        .init(
            "ingest.attachment_timeout_seconds", "60",
            "how long pdftotext may take for a file"),
        .init(
            "ingest.pdftotext", "", "the path of pdftotext; empty for the one on the PATH"),
        .init("ingest.strategy", "structure", "structure, fixed or children: how pages are cut into chunks"),
        .init("ingest.max_tokens", "254", "tokens of a chunk at most, its headings included"),
        .init("ingest.max_removal_share", "0.5", "share of a space's documents that one ingest may remove"),
        .init(
            "ingest.page_cache", "",
            "the folder that keeps pages as Confluence gave them; empty for “pages” in the data folder"),
        .init("ingest.page_cache_mb", "2048", "the most that is kept of them, in MiB; 0 to keep none"),
        .init(
            "ingest.rendered_macros", "off",
            "off, or tables: what live macros list is taken from the rendered page (live Confluence)"),
        .init("confluence.flavour", "detect", "cloud, data-center, or detect"),
        .init("confluence.email", "", "the account of an API token (Cloud); empty for a bearer token"),
        .init("confluence.token", "", "the token; better given as MILLRACE_CONFLUENCE_TOKEN than in a file"),
        .init("confluence.client_id", "", "OAuth 2.0: the application's id; empty for no OAuth"),
        .init(
            "confluence.client_secret", "",
            "the application's secret; better given as MILLRACE_CONFLUENCE_CLIENT_SECRET"),
        .init(
            "confluence.token_file", "",
            "OAuth 2.0: a file of mode 0600 that holds {\"refresh_token\": …} and is kept up to date"),
        .init(
            "confluence.cloud_id", "", "OAuth 2.0: the site's id; empty for the one with the given address"),
        .init(
            "confluence.spaces", "",
            "space keys or patterns such as TEAM-*, separated by commas; empty for all but personal ones"),
        .init("confluence.exclude_spaces", "", "keys or patterns of spaces that are left out"),
        .init(
            "confluence.space_types", "",
            "global, personal, collaboration, knowledge_base, or all; empty for all but personal"),
        .init("confluence.pages", "", "ids of pages: only these and what is below them"),
        .init("confluence.exclude_pages", "", "ids of pages that are left out with all that is below them"),
        .init("confluence.labels", "", "only pages and posts with one of these labels"),
        .init("confluence.exclude_labels", "", "pages and posts with one of these labels are left out"),
        .init("confluence.cql", "", "a CQL query that pages and posts must be found by"),
        .init("confluence.created_since", "", "a date: only what was created then or later"),
        .init("confluence.created_before", "", "a date: only what was created before it"),
        .init("confluence.updated_since", "", "a date: only what was changed then or later"),
        .init("confluence.updated_before", "", "a date: only what was changed before it"),
        .init(
            "confluence.kinds", "pages,blogposts,footer-comments,inline-comments,attachments",
            "what is read of a space"),
        .init("confluence.archived", "false", "true to read archived spaces and pages as well"),
        .init("confluence.concurrency", "16", "requests under way at a time"),
        .init("confluence.page_size", "100", "entries to ask for at a time; the site may give fewer"),
        .init(
            "confluence.full_sync_every", "10",
            "each how-manieth sync lists comments and attachments of every page, not only of changed ones"),
        .init(
            "confluence.group_members", "true",
            "whether members of groups are read, so that a caller known as a user reads as a member"),
        .init("confluence.url", "", "the site that `serve` follows by webhooks, by itself, or both"),
        .init("confluence.sync_minutes", "0", "how often `serve` syncs that site by itself; 0 for never"),
        .init(
            "confluence.webhook_secret", "",
            "what webhooks are signed with; better given as MILLRACE_CONFLUENCE_WEBHOOK_SECRET"),
        .init(
            "http.ca_file", "",
            "a file of the certificate authorities to trust in place of the system's (PEM)"),
        .init(
            "http.client_certificate", "", "a file of our own certificate, for servers that ask for one (PEM)"
        ),
        .init("http.client_key", "", "the file of that certificate's key (PEM)"),
        .init(
            "http.client_key_password", "",
            "the key's password; better given as MILLRACE_HTTP_CLIENT_KEY_PASSWORD"),
        .init(
            "http.proxy", "",
            "an HTTP proxy's URL, user and password in it if need be; “none” to pass by those of the environment"
        ),
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
    static let secrets: Set<String> = [
        "confluence.token", "confluence.client_secret", "confluence.webhook_secret",
        "http.client_key_password", "http.proxy",
    ]
}
