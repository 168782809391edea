//! The tables, as the migrations leave them. `cargo test -p mlhub-db` compares it with the database.

diesel::table! {
    owners (id) {
        id -> Int8,
        name -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Int8,
        email -> Text,
        display_name -> Text,
        password_hash -> Text,
        password_changed_at -> Timestamptz,
        admin -> Bool,
        suspended_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Int8,
        user_id -> Int8,
        family -> Uuid,
        secret -> Bytea,
        generation -> Int4,
        rotated_at -> Timestamptz,
        agent -> Text,
        created_at -> Timestamptz,
        seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        authenticated_at -> Timestamptz,
    }
}

diesel::table! {
    tokens (id) {
        id -> Int8,
        user_id -> Int8,
        name -> Text,
        hash -> Bytea,
        scopes -> Array<Text>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    throttles (key) {
        key -> Text,
        tokens -> Float8,
        refilled_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Int8,
        key -> Text,
        fingerprint -> Bytea,
        answer -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    projects (id) {
        id -> Int8,
        owner_id -> Int8,
        name -> Text,
        visibility -> Text,
        description -> Text,
        last_run -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    members (project_id, user_id) {
        project_id -> Int8,
        user_id -> Int8,
        role -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Int8,
        kind -> Text,
        project_id -> Int8,
        user_id -> Int8,
        priority -> Int2,
        spec -> Jsonb,
        state -> Text,
        attempt -> Int4,
        max_attempts -> Int4,
        run_at -> Timestamptz,
        lease_ms -> Int4,
        lease_until -> Nullable<Timestamptz>,
        worker -> Nullable<Text>,
        token_hash -> Nullable<Bytea>,
        cancel_requested_at -> Nullable<Timestamptz>,
        events_seen -> Int8,
        progress -> Nullable<Jsonb>,
        error -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        cancel_requested_by -> Nullable<Int8>,
    }
}

diesel::table! {
    objects (sha256) {
        sha256 -> Text,
        size -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    job_outputs (job_id, attempt, name) {
        job_id -> Int8,
        attempt -> Int4,
        name -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    datasets (id) {
        id -> Int8,
        project_id -> Int8,
        name -> Text,
        description -> Text,
        visibility -> Nullable<Text>,
        current -> Nullable<Int4>,
        last_version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    dataset_versions (id) {
        id -> Int8,
        dataset_id -> Int8,
        version -> Int4,
        state -> Text,
        job_id -> Nullable<Int8>,
        original_sha256 -> Text,
        original_name -> Text,
        table_sha256 -> Nullable<Text>,
        rejected_sha256 -> Nullable<Text>,
        rows -> Int8,
        rejected_rows -> Int8,
        rejected_cells -> Int8,
        #[sql_name = "columns"]
        columns_ -> Jsonb,
        notes -> Jsonb,
        profile -> Nullable<Jsonb>,
        error -> Nullable<Jsonb>,
        created_by -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    models (id) {
        id -> Int8,
        project_id -> Int8,
        name -> Text,
        description -> Text,
        card -> Text,
        visibility -> Nullable<Text>,
        spec -> Jsonb,
        last_version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    experiments (id) {
        id -> Int8,
        project_id -> Int8,
        name -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    runs (id) {
        id -> Int8,
        project_id -> Int8,
        number -> Int4,
        uuid -> Uuid,
        experiment_id -> Int8,
        model_id -> Nullable<Int8>,
        dataset_version_id -> Nullable<Int8>,
        job_id -> Nullable<Int8>,
        status -> Text,
        spec -> Nullable<Jsonb>,
        params -> Jsonb,
        metrics -> Jsonb,
        timing -> Jsonb,
        progress -> Nullable<Jsonb>,
        error -> Nullable<Jsonb>,
        last_seq -> Int8,
        created_by -> Int8,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    run_events (run_id, seq) {
        run_id -> Int8,
        seq -> Int8,
        at -> Timestamptz,
        event -> Jsonb,
    }
}

diesel::table! {
    metric_points (run_id, key, step) {
        run_id -> Int8,
        key -> Text,
        step -> Int8,
        value -> Float8,
        at -> Timestamptz,
    }
}

diesel::table! {
    model_versions (id) {
        id -> Int8,
        model_id -> Int8,
        version -> Int4,
        run_id -> Int8,
        spec -> Jsonb,
        signature -> Jsonb,
        metrics -> Jsonb,
        evaluation -> Jsonb,
        artifact_sha256 -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    model_aliases (model_id, alias) {
        model_id -> Int8,
        alias -> Text,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    audit (id) {
        id -> Int8,
        at -> Timestamptz,
        actor_id -> Nullable<Int8>,
        token_id -> Nullable<Int8>,
        project_id -> Nullable<Int8>,
        action -> Text,
        target -> Text,
        detail -> Jsonb,
    }
}

diesel::joinable!(users -> owners (id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(tokens -> users (user_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::joinable!(projects -> owners (owner_id));
diesel::joinable!(members -> projects (project_id));
diesel::joinable!(members -> users (user_id));
diesel::joinable!(jobs -> projects (project_id));
diesel::joinable!(jobs -> users (user_id));
diesel::joinable!(job_outputs -> jobs (job_id));
diesel::joinable!(job_outputs -> objects (sha256));
diesel::joinable!(datasets -> projects (project_id));
diesel::joinable!(dataset_versions -> datasets (dataset_id));
diesel::joinable!(dataset_versions -> jobs (job_id));
diesel::joinable!(dataset_versions -> objects (original_sha256));
diesel::joinable!(dataset_versions -> users (created_by));
diesel::joinable!(models -> projects (project_id));
diesel::joinable!(experiments -> projects (project_id));
diesel::joinable!(runs -> projects (project_id));
diesel::joinable!(runs -> experiments (experiment_id));
diesel::joinable!(runs -> models (model_id));
diesel::joinable!(runs -> dataset_versions (dataset_version_id));
diesel::joinable!(runs -> jobs (job_id));
diesel::joinable!(runs -> users (created_by));
diesel::joinable!(run_events -> runs (run_id));
diesel::joinable!(metric_points -> runs (run_id));
diesel::joinable!(model_versions -> models (model_id));
diesel::joinable!(model_versions -> runs (run_id));
diesel::joinable!(model_versions -> objects (artifact_sha256));
diesel::joinable!(model_aliases -> models (model_id));

diesel::allow_tables_to_appear_in_same_query!(
    audit,
    dataset_versions,
    datasets,
    experiments,
    idempotency_keys,
    job_outputs,
    jobs,
    members,
    metric_points,
    model_aliases,
    model_versions,
    models,
    objects,
    owners,
    projects,
    run_events,
    runs,
    sessions,
    throttles,
    tokens,
    users,
);
