/// What a sample does not write through the stores.
extension SampleFolder {
    static let corpusRows = """
        INSERT INTO page_origin VALUES ('d1', 'storage', '<p/>', NULL, '{}', 'h');
        INSERT INTO inclusion VALUES ('d1', 'ENG', 'Title of d2', 'd2', 'h', 1), ('d1', '', 'gone', NULL, '', 0);
        INSERT INTO withheld SELECT 'd3', min(id) FROM access_class;
        INSERT INTO evidence VALUES ('test', 'h1', 3, x'00ff');
        INSERT INTO ingest_job VALUES (9, 'j', 'wiki', 'all', 0, 'finished', '{}');
        """

    static let workspaceRows = """
        UPDATE run SET told_at = 1764000000000000;
        INSERT INTO feedback VALUES (4, 'fb', 1, 'a', NULL, 'Why?', 'up', NULL, '', 1);
        INSERT INTO webhook_endpoint VALUES (2, 'we', 1, 'https://example.com/', 'told',
            '["run.failed","run.finished"]', NULL, 1, x'01', NULL, NULL, 1, 2, NULL, NULL, NULL);
        INSERT INTO webhook_delivery VALUES (3, 'wd', 2, 'run.finished', 'r1', x'7b7d', 'pending', 0, 1, 2, NULL,
            NULL, 200, NULL, 0, NULL, NULL);
        INSERT INTO reply VALUES (8, 1, 'run', x'0a', x'0b', 5, 200, '{}', NULL);
        INSERT INTO file VALUES ('file', 1, '', 'a.txt', 'text/plain', 3, '00', 1);
        INSERT INTO evaluation_set VALUES (1, 'es', 'default', 'Set', 1, 'ann', '{}');
        INSERT INTO evaluation_run VALUES (2, 'er', 'default', 'es', 'Set', 'Run', 'f', '{}', NULL, NULL, 1, 'finished', 1,
            1, 1, 'ann', 1, 2, NULL, '{}');
        INSERT INTO evaluation_report VALUES (2, x'7b7d');
        INSERT INTO source VALUES (1, 'so', 'Wiki', '{}', x'09', 'active', 1, 'ann', 1, 1);
        INSERT INTO usage_day VALUES ('default', 20000, 'user:ann', '', 'm', 1, 2, 3, 4, 5, 6),
            ('default', 20001, 'user:ann', 'k', 'm', 1, 2, 3, 4, 5, 6), ('other', 20000, 'b', '', '', 1, 0, 0, 0, 0, 0);
        INSERT INTO sign_in_session (digest, previous_digest, tenant, principals, scopes, created_at, expires_at,
            rotated_at, id) VALUES (x'02', x'01', 'default', '["user:ann"]', NULL, 1, 2, 3, 'se');
        """
}
