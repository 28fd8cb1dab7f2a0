import Confluence
import Foundation
import Ingest
import Workspace

extension Keys {
    struct Confluence: Sendable {
        let flavour = Setting<ConfluenceConfiguration.Flavour>(
            "confluence.flavour", standard: "detect", "which of Confluence's two APIs is spoken",
            range: "`cloud`, `data-center`, `detect`"
        ) { text in
            let flavours = [
                "cloud": ConfluenceConfiguration.Flavour.cloud, "data-center": .dataCenter,
                "detect": .detect,
            ]
            return Reading(flavours[text], expected: "cloud, data-center or detect is expected")
        }
        let email = Setting<String?>(
            "confluence.email", "the account of an API token (Cloud); empty for a bearer token")
        let token = Setting<String?>(
            "confluence.token", "the token; better given as MILLRACE_CONFLUENCE_TOKEN than in a file",
            isSecret: true)
        let clientID = Setting<String?>(
            "confluence.client_id", "OAuth 2.0: the application's id; empty for no OAuth")
        let clientSecret = Setting<String?>(
            "confluence.client_secret",
            "OAuth 2.0: the application's secret; better given as MILLRACE_CONFLUENCE_CLIENT_SECRET",
            isSecret: true)
        let tokenFile = Setting<String?>(
            "confluence.token_file",
            "OAuth 2.0: a file of mode 0600 that holds {\"refresh_token\": …} and is kept up to date")
        let cloudID = Setting<String?>(
            "confluence.cloud_id", "OAuth 2.0: the site's id; empty for the one with the given address")
        let spaces = Setting<[String]>(
            "confluence.spaces",
            "space keys or patterns such as TEAM-*, separated by commas; empty for all but personal ones")
        let excludedSpaces = Setting<[String]>(
            "confluence.exclude_spaces", "keys or patterns of spaces that are left out")
        let spaceTypes = Setting<Set<String>>(
            "confluence.space_types", standard: "",
            "global, personal, collaboration, knowledge_base, or all; empty for all but personal"
        ) { text in
            let types = Set(Setting<Set<String>>.parts(text).map { $0.lowercased() })
            let known: Set<String> = ["global", "personal", "collaboration", "knowledge_base", "all"]
            return Reading(
                types.isSubset(of: known) ? types : nil,
                expected: "of \(known.sorted().joined(separator: ", ")) some are expected")
        }
        let pages = Setting<Set<String>>(
            pageIDs: "confluence.pages", "ids of pages: only these and what is below them")
        let excludedPages = Setting<Set<String>>(
            pageIDs: "confluence.exclude_pages",
            "ids of pages that are left out with all that is below them")
        let labels = Setting<[String]>(
            "confluence.labels", "only pages and posts with one of these labels")
        let excludedLabels = Setting<[String]>(
            "confluence.exclude_labels", "pages and posts with one of these labels are left out")
        let cql = Setting<String?>("confluence.cql", "a CQL query that pages and posts must be found by")
        let createdSince = Setting<Date?>(
            date: "confluence.created_since", "a date: only what was created then or later")
        let createdBefore = Setting<Date?>(
            date: "confluence.created_before", "a date: only what was created before it")
        let updatedSince = Setting<Date?>(
            date: "confluence.updated_since", "a date: only what was changed then or later")
        let updatedBefore = Setting<Date?>(
            date: "confluence.updated_before", "a date: only what was changed before it")
        let kinds = Setting<Set<ConfluenceScope.Kind>>(
            kinds: "confluence.kinds", "what is read of a space")
        let includesArchived = Setting<Bool>(
            "confluence.archived", false, "true to read archived spaces and pages as well")
        let concurrency = Setting<Int>(
            "confluence.concurrency", 16, in: 1...64, "requests under way at a time")
        let pageSize = Setting<Int>(
            "confluence.page_size", 100, in: 1...1_000,
            "entries to ask for at a time; the site may give fewer")
        let fullSyncEvery = Setting<Int>(
            "confluence.full_sync_every", 10, in: 1...10_000,
            "each how-manieth sync lists comments and attachments of every page, not only of changed ones")
        let readsGroupMembers = Setting<Bool>(
            "confluence.group_members", true,
            "whether members of groups are read, so that a caller known as a user reads as a member")
        let permissions = Setting<SourceDefinition.Permissions>(
            "confluence.permissions", .sync,
            "sync believes the last sync; verify also asks the site before a page is shown (Cloud alone)")
        let url = Setting<String?>(
            "confluence.url", "the site that serve follows by webhooks, by itself, or both")
        let syncMinutes = Setting<Int>(
            "confluence.sync_minutes", 0, in: 0...10_080,
            "how often serve syncs that site by itself; 0 for never")
        let webhookSecret = Setting<String?>(
            "confluence.webhook_secret",
            "what webhooks are signed with; better given as MILLRACE_CONFLUENCE_WEBHOOK_SECRET",
            isSecret: true)
    }
}

extension Setting where Value == Set<String> {
    fileprivate init(pageIDs key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            let ids = Self.parts(text)
            let areNumbers = ids.allSatisfy { id in id.utf8.allSatisfy { (48...57).contains($0) } }
            return Reading(
                areNumbers ? Set(ids) : nil, expected: "ids of pages are expected, which are numbers")
        }
    }
}

extension Setting where Value == Date? {
    fileprivate init(date key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            if text.isEmpty { return .value(nil) }
            let day = Date.ISO8601FormatStyle().year().month().day()
            guard let date = (try? Date.ISO8601FormatStyle().parse(text)) ?? (try? day.parse(text)) else {
                return .refused(expected: "a date is expected, such as 2026-01-31 or 2026-01-31T12:00:00Z")
            }
            return .value(date)
        }
    }
}

extension Setting where Value == Set<ConfluenceScope.Kind> {
    fileprivate init(kinds key: String, _ meaning: String) {
        let names = ConfluenceScope.Kind.allCases.map(\.rawValue)
        let range = "some of " + names.map { "`\($0)`" }.joined(separator: ", ")
        self.init(key, standard: names.joined(separator: ","), meaning, range: range) { text in
            let parts = Self.parts(text)
            let kinds = Set(parts.compactMap { ConfluenceScope.Kind(rawValue: $0) })
            guard parts.allSatisfy({ names.contains($0) }) else {
                return .refused(expected: "of \(names.joined(separator: ", ")) some are expected")
            }
            return Reading(
                kinds.isDisjoint(with: [.pages, .blogPosts]) ? nil : kinds,
                expected: "pages or blogposts are expected among them")
        }
    }
}
