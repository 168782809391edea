DROP FUNCTION role_on_project;
DROP TABLE audit, model_aliases, model_versions, metric_points, run_events, runs, experiments,
    models, dataset_versions, datasets, job_outputs, objects, jobs, members, projects,
    idempotency_keys, throttles, tokens, sessions, users, owners;
