import Corpus
import Foundation
import Logging
import Models
import QA

enum EmbeddingProvider: String, CaseIterable { case local, bedrock, openai, sagemaker }
enum AnswerProvider: String, CaseIterable { case extractive, bedrock, openai, sagemaker }
enum LogFormat: String, CaseIterable { case auto, text, json }

/// Every key of `millrace.yaml`, each declared here and nowhere else. From this list come the reading of the file,
/// the variables of the environment, what is said of a mistyped key, and the table in the docs.
///
/// A group is a mapping of the file: `port` of ``server`` is `port:` below `server:`.
struct Keys: Sendable {
    let data = Setting<URL>(
        "data", standard: "millrace-data", "the folder that holds the database and both indexes"
    ) { text in
        Reading(
            text.isEmpty ? nil : URL(fileURLWithPath: (text as NSString).expandingTildeInPath),
            expected: "a folder is expected")
    }
    let tenants = Setting<[String]>(
        tenants: "tenants",
        "tenants beside the default one, each with documents, indexes, flows and caches of its own, separated by commas; without any, all tenants of keys share one corpus"
    )
    let database = Database()
    let vectors = Vectors()
    let words = Words()
    let index = Index()
    let log = Log()
    let server = Server()
    let auth = Auth()
    let embedding = Embedding()
    let rerank = Rerank()
    let hub = Hub()
    let answers = Answers()
    let search = Search()
    let ingest = Ingest()
    let confluence = Confluence()
    let sources = Sources()
    let http = HTTP()
    let aws = AWS()
    let bedrock = Bedrock()
    let openai = OpenAI()
    let sagemaker = SageMaker()
    let comprehend = Comprehend()
    let kendra = Kendra()
    let flows = Flows()
    let runs = Runs()
    let caches = Caches()
    let cache = Cache()
    let collections = Collections()
    let metrics = Metrics()
    let telemetry = Telemetry()
    let evaluations = Evaluations()
    let blobs = Blobs()
    let backup = Backup()

    struct Log: Sendable {
        let level = Setting<Logger.Level>("log.level", .info, "the least of what is logged")
        let format = Setting<LogFormat>("log.format", .auto, "auto is text on a terminal, and JSON elsewhere")
    }

    struct Server: Sendable {
        let host = Setting<String>("server.host", "127.0.0.1", "the address to listen on")
        let port = Setting<Int>(
            "server.port", 8_080, in: 0...65_535, "the port to listen on; 0 for any free one")
        let bodyLimitBytes = Setting<Int>(
            "server.body_limit_bytes", 1_048_576, in: 1_024...67_108_864, "the largest request body")
        let headerTimeout = Setting<Double>(
            "server.header_timeout", 10, in: 0.1...600, "seconds in which a request's header must arrive")
        let writeTimeout = Setting<Double>(
            "server.write_timeout", 60, in: 0.1...3_600,
            "seconds after which a client that takes nothing of its response is hung up on")
        let maxConnections = Setting<Int>(
            "server.max_connections", 1_024, in: 1...65_536, "connections at a time")
        let maxConnectionsPerAddress = Setting<Int?>(
            "server.max_connections_per_address", in: 1...65_536,
            "those of one other machine; empty for a quarter, but 16 at least")
        let tlsCertificate = Setting<String?>(
            "server.tls_certificate",
            "a file of the server's certificate and its chain (PEM), for HTTPS; empty for HTTP")
        let tlsKey = Setting<String?>("server.tls_key", "the file of that certificate's key (PEM)")
        let http2 = Setting<Bool>("server.http2", true, "whether HTTPS may be HTTP/2")
        let maxConcurrentRuns = Setting<Int>(
            "server.max_concurrent_runs", 8, in: 1...1_024, "questions answered side by side")
        let socketRuns = Setting<Int>(
            "server.socket_runs", 16, in: 1...1_024, "runs and questions at once over one WebSocket")
        let requestsPerMinute = Setting<Int?>(
            "server.requests_per_minute", in: 1...1_000_000,
            "requests a minute of one caller; empty for no limit")
        let corsOrigins = Setting<[String]>(
            "server.cors_origins",
            "origins of other sites whose pages may use the API, such as https://app.example, separated by commas"
        )
        let frameOrigins = Setting<[String]>(
            "server.frame_origins",
            "origins of other sites whose pages may show Millrace's in a frame, such as a Confluence, separated by commas"
        )
        let defaultPrincipals = Setting<Reader>(
            "server.default_principals", standard: "",
            "who asks when a request does not say; empty for nobody signed in"
        ) { text in
            Reading(
                (try? PrincipalList.principals(text)).map { Reader($0) },
                expected: """
                    user:ID, group:NAME, anyone or signed-in are expected, separated by commas; one with a comma \
                    in it in double quotes
                    """)
        }
    }

    struct Answers: Sendable {
        let provider = Setting<AnswerProvider>(
            "answers.provider", .extractive,
            "extractive quotes sentences, bedrock asks a model by Converse, openai and sagemaker their servers"
        )
        let prices = Setting<[String: ModelPrice]>(
            "answers.prices",
            "what a model's tokens cost, as MODEL=INPUT/OUTPUT or MODEL=INPUT/OUTPUT/READ/WRITE, …: dollars a million"
        )
        let sources = Setting<[ExternalSearchSource]>(
            "answers.sources", standard: "", "managed searches that are asked beside the corpus",
            range: "`kendra`, `knowledge-base`, separated by commas"
        ) { text in
            let sources = Setting<String>.parts(text).map(ExternalSearchSource.init(rawValue:))
            return Reading(
                sources.contains(nil) ? nil : sources.compactMap(\.self),
                expected: "kendra or knowledge-base is expected, or both")
        }
        let timeoutSeconds = Setting<Double>(
            "answers.timeout_seconds", 60, in: 0.1...3_600, "the longest run of a flow")
        let flowsDirectory = Setting<String?>(
            "answers.flows_dir", "a folder of further flows, one JSON file each")
    }

    struct Search: Sendable {
        let efSearch = Setting<Int>(
            "search.ef_search", 128, in: 1...10_000,
            "breadth of the graph search: larger finds more and takes longer")
        let floor = Setting<Double>(
            "search.floor", 0.25, in: 0...20, "the least score of a relevant passage; 0 keeps everything")
        let vectorWeight = Setting<Double>(
            "search.vector_weight", 1, in: 0...10, "the weight of passages found by meaning")
        let keywordWeight = Setting<Double>(
            "search.keyword_weight", 1.2, in: 0...10, "the weight of passages found by words")
        let boostSpaces = Setting<[String: Double]>(
            "search.boost_spaces", in: Boosts.factors,
            "what spaces count for, as KEY=FACTOR, …; 1 for the others")
        let boostLabels = Setting<[String: Double]>(
            "search.boost_labels", in: Boosts.factors, "what labelled pages count for, as LABEL=FACTOR, …")
        let boostTitle = Setting<Double>(
            "search.boost_title", 1, in: Boosts.factors,
            "what a page counts for that has all words of the question in its title")
        let boostRecency = Setting<Double>(
            "search.boost_recency", 1, in: Boosts.factors,
            "what a page counts for that was changed just now; it fades")
        let boostHalfLifeDays = Setting<Double>(
            "search.boost_half_life_days", 180, in: Boosts.halfLives,
            "the days in which search.boost_recency fades by half")
    }

    struct Blobs: Sendable {
        let s3 = Setting<String?>(
            "blobs.s3",
            "where kept pages, flows' files and uploads lie instead of the data folder: s3://BUCKET/PREFIX"
        )
        let kmsKey = Setting<String?>(
            "blobs.kms_key", "the key of KMS that S3 encrypts them with; empty for the bucket's own")
        let presignedMinutes = Setting<Int>(
            "blobs.presigned_minutes", 0, in: 0...60,
            "minutes for which a download of a flow's file is sent on to the bucket by a signed URL; 0 to send the bytes"
        )
    }

    struct Caches: Sendable {
        let embeddings = Setting<Int>(
            "caches.embeddings_mb", 8, in: 0...65_536, "megabytes of questions' vectors; 0 for none")
        let retrieval = Setting<Int>(
            "caches.retrieval_mb", 32, in: 0...65_536, "megabytes of what searches found; 0 for none")
        let answers = Setting<Int>(
            "caches.answers_mb", 32, in: 0...65_536, "megabytes of answers; 0 for none")
    }

    struct Collections: Sendable {
        let maxVectors = Setting<Int>(
            "collections.max_vectors", 10_000_000, in: 1...1_000_000_000,
            "vectors that all collections may hold together")
    }

    struct Metrics: Sendable {
        let remote = Setting<Bool>(
            "metrics.remote", false, "whether other machines may read /metrics, too")
        let embedded = Setting<Bool>(
            "metrics.emf", false,
            "whether the main figures are written once a minute in CloudWatch's embedded metric format")
        let namespace = Setting<String>(
            "metrics.namespace", "Millrace", "CloudWatch's namespace of those figures")
        let cloudWatch = Setting<Bool>(
            "metrics.cloudwatch", false,
            "whether the main figures are given to CloudWatch itself (PutMetricData), under that namespace")
        let cloudWatchSeconds = Setting<Int>(
            "metrics.cloudwatch_seconds", 60, in: 60...3_600, "how often they are given to it")
    }

    struct HTTP: Sendable {
        let authorities = Setting<String?>(
            "http.ca_file", "a file of the certificate authorities to trust in place of the system's (PEM)")
        let certificate = Setting<String?>(
            "http.client_certificate", "a file of our own certificate, for servers that ask for one (PEM)")
        let key = Setting<String?>("http.client_key", "the file of that certificate's key (PEM)")
        let keyPassword = Setting<String?>(
            "http.client_key_password",
            "the key's password; better given as MILLRACE_HTTP_CLIENT_KEY_PASSWORD", isSecret: true)
        let proxy = Setting<String?>(
            "http.proxy",
            "an HTTP proxy's URL, user and password in it if need be; “none” to pass by those of the environment",
            isSecret: true)
    }
}

extension Keys {
    /// What is known of each, in the order of declaration.
    static let all = facts(in: Keys())
    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// By reflection, so that a key that is declared cannot be missing in the list.
    static func facts(in group: Any) -> [SettingFacts] {
        Mirror(reflecting: group).children.flatMap { child in
            (child.value as? any DeclaredSetting).map { [$0.facts] } ?? facts(in: child.value)
        }
    }

    /// The known key that a mistyped one is closest to, if it is close.
    static func nearest(to key: String) -> String? {
        Spelling.nearest(to: key, among: all.map(\.key))
    }
}
