// swift-tools-version: 6.1
import PackageDescription

/// Every target of ours is checked alike: Swift 6 language mode (the default of these tools), explicit
/// existentials, and no name that arrives through somebody else's import.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Tests that compute little themselves: what they test is optimized and they are not, which takes a third of the time to
/// compile. Tests with oracles and brute force of their own are optimized like everything else.
let unoptimized = strict + [.unsafeFlags(["-Onone", "-no-emit-module-separately-wmo"])]

let package = Package(
    name: "millrace",
    // For the client library; the server is for Linux.
    platforms: [.macOS(.v15), .iOS(.v17)],
    products: [
        .executable(name: "millrace", targets: ["millrace"]),
        .library(name: "MillraceClient", targets: ["MillraceClient"]),
        .library(name: "TextIndex", targets: ["TextIndex"]),
        .library(name: "VectorIndex", targets: ["VectorIndex"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // Without pkg-config: its flags are none that packages may have.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Without pkg-config: Debian's libstemmer-dev has no file for it.
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
        .target(name: "CVectorKernels"),
        .target(name: "CMatrixKernels"),
        .target(
            name: "Concurrency",
            dependencies: [.product(name: "Tracing", package: "swift-distributed-tracing")],
            swiftSettings: strict),
        .target(name: "Files", swiftSettings: strict),
        .target(name: "Text", dependencies: ["CStemmer"], swiftSettings: strict),
        .target(name: "JSONValue", swiftSettings: strict),
        .target(
            name: "Flow",
            dependencies: [
                "Concurrency", "JSONValue",
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(name: "VectorIndex", dependencies: ["CVectorKernels", "COpenBLAS"], swiftSettings: strict),
        .target(
            name: "TextIndex", dependencies: ["CVectorKernels", "Text", "VectorIndex"],
            swiftSettings: strict),
        .target(
            name: "Transport",
            dependencies: [
                "CCurl", "Concurrency", "Files", "JSONValue",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "AWSServices",
            dependencies: [
                "Concurrency", "JSONValue", "Transport", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Corpus",
            dependencies: [
                "Concurrency", "Files", "Text", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "CorpusSQLite",
            dependencies: ["Concurrency", "Corpus", "Text", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .target(
            name: "Models",
            dependencies: [
                "AWSServices", "CMatrixKernels", "Concurrency", "JSONValue", "Text", "Transport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "Documents", dependencies: ["CArchive", "CLibXML2", "Text"], swiftSettings: strict),
        .target(name: "Sourcing", dependencies: ["Corpus", "Documents"], swiftSettings: strict),
        .target(
            name: "Confluence",
            dependencies: [
                "Corpus", "Documents", "Sourcing", "Transport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Ingest",
            dependencies: [
                "Concurrency",
                "Corpus", "Documents", "Files", "Models", "Sourcing", "Text", "TextIndex", "VectorIndex",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Components",
            dependencies: [
                "Concurrency", "Flow", "JSONValue", "Models", "Text", "Transport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Langflow",
            dependencies: ["Flow", "JSONValue", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Workspace",
            dependencies: ["Corpus", "JSONValue", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "WorkspaceSQLite",
            dependencies: [
                "Components", "Concurrency", "JSONValue", "Workspace",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "QA",
            dependencies: [
                "Components", "Concurrency", "Corpus", "Flow", "JSONValue", "Models", "Text", "TextIndex",
                "Transport", "VectorIndex",
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Resources/question-answering.json")],
            swiftSettings: strict),
        .target(
            name: "Backends",
            dependencies: [
                "AWSServices", "CHiredis", "CLibPQ", "CZlib", "Concurrency", "Corpus", "JSONValue",
                "TextIndex", "Transport", "VectorCollections", "VectorIndex", "Workspace",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "FlowService",
            dependencies: [
                "Components", "Concurrency", "Corpus", "Flow", "JSONValue", "Langflow", "QA", "Transport",
                "Workspace", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Identity",
            dependencies: [
                "Concurrency", "Corpus", "JSONValue", "Transport", "Workspace",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "VectorCollections",
            dependencies: [
                "Concurrency", "JSONValue", "VectorIndex", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Notifications",
            dependencies: [
                "Concurrency", "JSONValue", "Transport", "Workspace",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Backup",
            dependencies: [
                "Concurrency", "Corpus", "JSONValue", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Moving",
            dependencies: [
                "Backends", "Concurrency", "CorpusSQLite", "WorkspaceSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "MillraceClient", swiftSettings: strict),
        .target(
            name: "Server",
            dependencies: [
                "CZlib", "VectorCollections", "Components", "Concurrency", "Identity", "JSONValue", "QA",
                "Corpus", "Flow",
                "FlowService", "Ingest", "Langflow",
                "Models", "Text", "TextIndex", "VectorIndex", "Workspace",
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            resources: [.embedInCode("Web")],
            swiftSettings: strict),
        .executableTarget(
            name: "millrace",
            dependencies: [
                "AWSServices", "Backup", "VectorCollections", "Concurrency", "Identity", "JSONValue",
                "Moving", "Notifications", "Server", "QA", "Flow", "Ingest", "Confluence",
                "Sourcing", "Documents", "Models", "Corpus", "CorpusSQLite", "Text", "TextIndex",
                "VectorIndex", "Transport", "Backends", "Components", "FlowService", "Langflow", "Workspace",
                "WorkspaceSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
        .executableTarget(
            name: "millrace-bench",
            dependencies: [
                "AWSServices", "AllocationCount", "Backends", "Concurrency", "Confluence", "Corpus",
                "CorpusSQLite", "Documents", "Flow",
                "Ingest", "JSONValue", "Models", "QA", "Sourcing", "Text", "TextIndex", "Transport",
                "VectorIndex", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Benchmarks",
            exclude: [
                "AllocationCount", "Results", "aws_peers.py", "aws_stub.py", "aws_upload_peer.py",
                "backups.py", "collection_peers.py",
                "database_peers.py", "encoder_peers.py",
                "engine_peers.py", "flow_peers.py", "index_tools",
                "health_peers.py", "index_peers.py", "kills.py", "page_load.py", "soak.py",
                "index_report.py",
                "requirements.txt",
                "requirements-text.txt", "requirements-words.txt", "text_peers.py", "words_peers.py",
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Concurrency", "Corpus", "Models", "Text", "Transport"],
            path: "Tests/TestSupport",
            exclude: [
                "aws_double", "aws_double.py", "aws_fault_proxy.py", "aws_metadata_server.py",
                "corpus_digest.py", "event_stream.py", "fault_server.py", "http2_client.py", "hub_server.py",
                "mcp_double.py", "mcp_server.py", "moto_server.py", "openai_server.py", "postgres_server.py",
                "postgres_pair.py", "postgres_tls_server.py", "redis_server.py", "tcp_proxy.py",
                "sigv4_check.py", "web_server.py", "webhook_receiver.py",
            ],
            swiftSettings: strict),
        .target(
            name: "EngineSupport",
            dependencies: [
                "Backends", "Corpus", "CorpusSQLite", "TestSupport", "Workspace", "WorkspaceSQLite",
            ],
            path: "Tests/EngineSupport", swiftSettings: strict),
        .executableTarget(
            name: "IndexCrashProcess", dependencies: ["VectorIndex"], path: "Tests/IndexCrashProcess",
            swiftSettings: strict),
        .executableTarget(
            name: "TextCrashProcess", dependencies: ["TextIndex"], path: "Tests/TextCrashProcess",
            swiftSettings: strict),
        .executableTarget(
            name: "WorkspaceCrashProcess", dependencies: ["Workspace", "WorkspaceSQLite"],
            path: "Tests/WorkspaceCrashProcess", swiftSettings: strict),
        .executableTarget(
            name: "IngestCrashProcess",
            dependencies: [
                "Backends", "Confluence", "Ingest", "Sourcing", "Corpus", "CorpusSQLite", "Models",
                "TextIndex", "Transport", "VectorIndex", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/IngestCrashProcess", swiftSettings: strict),
        .testTarget(
            name: "FlowTests", dependencies: ["Flow", "Concurrency", "JSONValue", "TestSupport"],
            swiftSettings: unoptimized),
        .testTarget(
            name: "ComponentsTests",
            dependencies: [
                "Components", "Concurrency", "Flow", "JSONValue", "Models", "TestSupport", "Transport",
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "LangflowTests",
            dependencies: ["Components", "Flow", "JSONValue", "Langflow", "TestSupport"],
            swiftSettings: unoptimized),
        .testTarget(
            name: "WorkspaceTests",
            dependencies: [
                "Components", "Concurrency", "Corpus", "EngineSupport", "JSONValue", "TestSupport",
                "Workspace", "WorkspaceSQLite", "WorkspaceCrashProcess",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "FlowServiceTests",
            dependencies: [
                "Components", "Concurrency", "Corpus", "CorpusSQLite", "Flow", "FlowService", "JSONValue",
                "Langflow", "Models", "QA", "TestSupport", "Text", "TextIndex", "Transport", "VectorIndex",
                "Workspace", "WorkspaceSQLite", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "BackendsTests",
            dependencies: [
                "AWSServices", "Backends", "Concurrency", "Corpus", "JSONValue", "TestSupport", "Text",
                "TextIndex",
                "Transport", "VectorCollections", "VectorIndex", "Workspace",
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "Concurrency", "Corpus", "EngineSupport", "Identity", "JSONValue", "TestSupport",
                "Transport", "Workspace", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "VectorCollectionsTests",
            dependencies: [
                "VectorCollections", "Concurrency", "JSONValue", "TestSupport", "VectorIndex",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "NotificationsTests",
            dependencies: [
                "Concurrency", "JSONValue", "Notifications", "TestSupport", "Transport", "Workspace",
                "WorkspaceSQLite", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "BackupTests",
            dependencies: [
                "Backup", "Components", "Concurrency", "Corpus", "CorpusSQLite", "JSONValue", "TestSupport",
                "Text", "VectorCollections", "VectorIndex", "Workspace", "WorkspaceSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "MovingTests",
            dependencies: [
                "Backends", "Corpus", "CorpusSQLite", "Moving", "TestSupport", "Text", "Workspace",
                "WorkspaceSQLite", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: unoptimized),
        .testTarget(name: "JSONValueTests", dependencies: ["JSONValue"], swiftSettings: unoptimized),
        .testTarget(name: "ConcurrencyTests", dependencies: ["Concurrency"], swiftSettings: unoptimized),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: unoptimized),
        .testTarget(
            name: "VectorIndexTests", dependencies: ["VectorIndex", "TestSupport", "IndexCrashProcess"],
            swiftSettings: strict),
        .testTarget(
            name: "TextIndexTests",
            dependencies: ["TextIndex", "VectorIndex", "CVectorKernels", "TextCrashProcess"],
            swiftSettings: strict),
        .testTarget(
            name: "TransportTests",
            dependencies: [
                "Concurrency", "JSONValue", "Transport", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "AWSServicesTests",
            dependencies: [
                "AWSServices", "Concurrency", "JSONValue", "Transport", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "CorpusTests",
            dependencies: [
                "Corpus", "CorpusSQLite", "EngineSupport", "Text", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "AWSServices", "Concurrency", "JSONValue", "Models", "Text", "Transport", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(name: "TextTests", dependencies: ["Text", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "DocumentsTests", dependencies: ["Documents", "Text", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ConfluenceTests",
            dependencies: [
                "Confluence", "Sourcing", "Documents", "EngineSupport", "Ingest", "Corpus", "CorpusSQLite",
                "Models", "Text", "Transport", "VectorIndex", "TestSupport", "IngestCrashProcess",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "AWSServices", "Backends", "Concurrency", "EngineSupport", "Ingest", "Sourcing",
                "Documents", "Corpus", "CorpusSQLite", "Models", "Transport", "Text", "TextIndex",
                "VectorIndex", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "QATests",
            dependencies: [
                "QA", "AWSServices", "Backends", "Concurrency", "Corpus", "CorpusSQLite", "EngineSupport",
                "Flow",
                "JSONValue", "Models", "Text", "TextIndex", "VectorIndex", "TestSupport",
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Backends", "Server", "VectorCollections", "Components", "Concurrency", "Confluence",
                "EngineSupport",
                "FlowService", "Identity", "JSONValue", "Langflow",
                "QA", "Documents", "Ingest", "Sourcing", "Transport", "Corpus", "CorpusSQLite", "Workspace",
                "WorkspaceSQLite",
                "Models", "Text", "TextIndex", "VectorIndex", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: unoptimized),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AWSServices", "Backends", "Concurrency", "millrace", "MillraceClient", "Corpus", "Models",
                "Transport", "TestSupport", "Workspace",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: unoptimized),
    ]
)
