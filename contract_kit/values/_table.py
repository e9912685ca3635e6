"""The table of meanings, read from the top: the first row that fits a field names what it means.

What a format settles comes first, then names that hardly ever mislead (ids, addresses, money), then
those that need their parents to be understood (``name``), and general words last.
"""

from __future__ import annotations

from contract_kit.values._moments import moments
from contract_kit.values._rows import Meaning

__all__ = ["MEANINGS"]

_NUM = ("integer", "number")
_ANY = ("string", "integer", "number")
_PEOPLE = (
    "customer|user|person|people|contact|owner|author|sender|recipient|employee|member|assignee|committer|creator|"
    "billing_details?|shipping_details?|shipping|cardholder|patient|student|subscriber|guest|driver|passenger|lead|"
    "attendee|reviewer|client|payer|payee|buyer|seller|signer|applicant|candidate|manager|agent|pusher|requester|participant|profile|"
    "beneficiary|tenant_user|individual|from|to|cc|bcc|reply_to|billing|receiver|invitee|actor|staff|"
    r"sponsor|sponsorable|uploader|maintainer|assigner|\w+_by"
)
_FIRMS = (
    "company|organization|merchant|business|vendor|supplier|firm|employer|workspace|account|bank|"
    "brand|enterprise"
)
_DAY = ("date",)
_BIRTH = r"birth_date|birth_day|birthday|date_of_birth|born(_on)?|dob"


MEANINGS: tuple[Meaning, ...] = (
    Meaning(name="path", exact="added|removed|modified|renamed", under="commit|head_commit|diff|change"),
    # What a format settles with a little help of the name.
    Meaning(name="date.birth", names=_BIRTH, formats=_DAY),
    Meaning(name="date.birth", names=_BIRTH),
    *moments(),
    Meaning(name="time", formats=("date-time",)),
    Meaning(name="date", formats=_DAY),
    Meaning(name="clock", formats=("time",)),
    Meaning(name="duration", formats=("duration",)),
    Meaning(name="email", formats=("email", "idn-email")),
    Meaning(name="hostname", formats=("hostname", "idn-hostname")),
    Meaning(
        name="url.image",
        names=r"(avatar|logo|image|photo|picture|icon|thumbnail|banner)(_url)?",
        formats=("uri", "iri", "url"),
    ),
    Meaning(name="url", formats=("uri", "iri", "url")),
    Meaning(name="path", formats=("uri-reference", "iri-reference")),
    Meaning(name="url.template", formats=("uri-template",)),
    Meaning(name="uuid", formats=("uuid",)),
    Meaning(name="ip", formats=("ipv4", "ip")),
    Meaning(name="ipv6", formats=("ipv6",)),
    Meaning(name="base64", formats=("byte", "base64")),
    Meaning(name="binary", formats=("binary",)),
    Meaning(name="json", formats=("json",)),
    Meaning(name="json_pointer", formats=("json-pointer",)),
    Meaning(name="relative_json_pointer", formats=("relative-json-pointer",)),
    Meaning(name="regex", formats=("regex",)),
    Meaning(name="password", formats=("password",)),
    # Formats that no draft knows, and publishers use.
    Meaning(
        name="currency", formats=("currency", "currency-code", "iso4217", "iso-4217", "iso-4217-currency")
    ),
    Meaning(name="phone", formats=("phone", "phone-number", "e164", "e.164", "tel", "telephone")),
    Meaning(
        name="address.country",
        formats=("country", "country-code", "iso3166", "iso-3166-1-alpha-2", "iso-3166"),
    ),
    Meaning(name="address.timezone", formats=("timezone", "time-zone", "iana-timezone")),
    Meaning(name="locale", formats=("locale", "bcp47", "bcp-47", "language-tag")),
    Meaning(name="version", formats=("semver",)),
    Meaning(name="mac", formats=("mac", "mac-address")),
    Meaning(name="color", formats=("color", "hex-color")),
    Meaning(name="markdown", formats=("markdown",)),
    Meaning(name="html", formats=("html",)),
    # The event itself.
    Meaning(name="event", exact="event(_type|_name)?|type|topic|trigger", says=r"event|webhook"),
    Meaning(name="event", exact="event(_type|_name)|webhook_(type|event)"),
    # Containers whose values are free.
    Meaning(
        name="metadata",
        exact=r"(.*_)?(metadata|meta|custom_(field|attribute)|attribute|label|annotation|extra)s?",
        says=r"",
        types=("object",),
    ),
    # Git, whose words mean something else elsewhere.
    Meaning(name="git_ref", exact=r"(base|head)_reference"),
    Meaning(name="git_ref", names=r"reference", says=r"\bgit\b|branch"),
    Meaning(
        name="git_ref",
        names=r"reference",
        under="head|base|push|deployment|repository|workflow|workflow_run|commit|check_suite|pull_request|alert|instance",
    ),
    # Ids.
    Meaning(
        name="actor",
        names=r"(created|updated|deleted|modified|approved|archived|assigned|closed|opened|uploaded|"
        r"submitted|reviewed|merged|invited|requested|canceled|cancelled)_by(_id)?",
    ),
    Meaning(
        name="external_id",
        names=r"external(_\w+)?_(id|identifier|reference)|external_(id|reference)|"
        r"client_reference(_id)?|(merchant|customer|order|payment|invoice)_(reference|ref|number)|reference(_id|_number|_code)?|"
        r"foreign_id|legacy_id|third_party_id|partner_id|crm_id|erp_id|account_number|sku|order_number|purchase_order",
    ),
    Meaning(
        name="provider_id",
        names=r"(provider|remote|gateway|processor|integration|source|upstream|target|vendor|"
        r"platform)(_\w+)?_id",
    ),
    Meaning(name="uuid", names=r"uuid|uid", not_under="file|build"),
    Meaning(name="ip", names=r"ip|ip_address|ip_v_4|ipv_4|remote_address|client_ip|source_ip"),
    Meaning(name="ipv6", names=r"ipv_6|ip_v_6|ipv_6_address"),
    Meaning(name="ip", exact="address", under="ip|network|host|server"),
    Meaning(name="mac", names=r"mac(_address)?"),
    Meaning(name="email", names=r"email(_address)?|email_id|mailbox|reply_to|from_address|to_address"),
    Meaning(name="email", exact="address|value|from|to|cc|bcc", under="email|recipient|sender|mailbox"),
    Meaning(
        name="email",
        says=r"^(the |an? |\w+ is the )?e-?mail( address)?( of| for|$|\.)",
        names=r"\w+",
        not_under="-",
    ),
    Meaning(
        name="phone", names=r"\w+", says=r"\be\.?164\b|^(the |an? |\w+'s )*(tele)?phone number", not_under="-"
    ),
    Meaning(name="phone", names=r"phone(_number)?|msisdn|phone_e_164|whatsapp(_number)?|sms_number"),
    Meaning(name="number", names=r"value", under="phone", types=_NUM),
    Meaning(name="phone", exact="number|value", under="phone|mobile"),
    # Integrations: what another system calls this thing.
    Meaning(
        name="provider_type",
        names=r"provider_type|provider|gateway|processor|payment_processor|integration_type|"
        r"connection_type|source_system|platform|payment_provider",
    ),
    Meaning(
        name="entity_type", names=r"(entity|object|resource|subject|owner|target|parent|record)_type|object"
    ),
    Meaning(name="entity_id", names=r"(entity|object|resource|subject|parent|record)_id"),
    Meaning(name="number_id", names=r"id|id_number|database_id|\w+_id", types=_NUM),
    Meaning(
        name="token",
        names=r"node_id|etag|cursor|nonce|(access|refresh|api|auth|session|id|csrf|push|device|bearer)_token|"
        r"token|api_key|secret(_key)?|client_secret|fingerprint|(next|previous)_page|idempotency_key|hash|digest|"
        r"signature|checksum|secret",
    ),
    Meaning(name="digits4", names=r"last_?4|last_four|last_(4|four)_digits"),
    Meaning(name="vat", names=r"vat_(number|id)|vat|tax_(id|number)|eu_vat|tax_identification_number"),
    Meaning(name="tracking", names=r"tracking_(number|code|id)|waybill(_number)?|parcel_number"),
    Meaning(name="iban", names=r"iban"),
    Meaning(name="bic", names=r"bic|swift(_code)?|bic_swift"),
    Meaning(name="card_brand", exact=r"brand|network|scheme", under="card|payment_card|credit_card"),
    Meaning(name="sha256", names=r"sha_256|sha_256_sum|hash_256"),
    Meaning(name="md5", names=r"md_5|md_5_sum"),
    Meaning(
        name="sha",
        names=r"sha|sha_1|commit(_sha|_id|_hash)?|revision|head_sha|base_sha|before|after|merge_commit_sha|"
        r"tree_id|git_sha",
        not_under="cursor|page|paging|pagination",
    ),
    Meaning(name="id", names=r"id|identifier|\w+_id|gid"),
    # Places.
    Meaning(
        name="address.line1",
        names=r"(address_)?line_1|(street_)?address_1|street(_address|_name|_line_1|_1)?|"
        r"address_line(_1)?|address_street",
    ),
    Meaning(
        name="address.line2",
        names=r"(address_)?line_2|(street_)?address_2|street_(line_)?2|address_line_2|apartment|"
        r"suite|unit_number|address_complement|secondary_address",
    ),
    Meaning(name="address.line3", names=r"(address_)?line_[34]|address_[34]|street_(line_)?3"),
    Meaning(
        name="address.city",
        names=r"city(_name)?|town|locality|municipality|village|city_locality|sublocality",
    ),
    Meaning(
        name="address.state",
        names=r"province(_code|_name)?|prefecture|(address|billing|shipping|home|work|us)_state|"
        r"state_(province|code|name|or_province)|county|administrative_area(_level_1)?|canton|department_code",
    ),
    Meaning(
        name="address.state",
        names=r"state|region|department|district",
        under="address|location|shipping|billing|place|residence|shipping_details?|billing_details?",
    ),
    Meaning(name="address.state", names=r"state|region", says=r"address|province"),
    Meaning(name="address.postal_code", names=r"postal_code|postal|pincode|pin_code|eircode|plz|cep"),
    Meaning(
        name="address.country3", names=r"country(_code|_iso)?_(3|alpha_3|iso_3)|iso_3|alpha_3|country_iso_3"
    ),
    Meaning(
        name="address.country3", names=r"country(_code)?", says=r"alpha[- ]?3|three[- ]letter|3[- ]letter"
    ),
    Meaning(name="address.country_name", names=r"country_name|country_label|country_long"),
    Meaning(
        name="address.country_name",
        names=r"country",
        says=r"(full|country|english|short) name|name of the country(?!.*alpha)",
    ),
    Meaning(
        name="address.country",
        names=r"country(_code|_iso(_2)?|_alpha_2|_2|_iso_code|_id)?|iso_country|nationality|"
        r"citizenship|alpha_2|(issuing|residence|origin)_country",
    ),
    Meaning(name="address.timezone", names=r"timezone(_name|_id)?|iana_timezone"),
    Meaning(
        name="address.full",
        names=r"(formatted|full|postal|mailing|shipping|billing|home|work|street|delivery|company)?"
        r"_?(formatted_)?address|address_text|formatted_address",
        not_under="email|wallet|crypto|ip|network|host",
    ),
    Meaning(name="token", exact="address", under="wallet|crypto|blockchain"),
    Meaning(name="latitude", names=r"latitude", types=_ANY),
    Meaning(name="longitude", names=r"longitude", types=_ANY),
    # Money and amounts.
    Meaning(
        name="currency.lower",
        names=r"currency(_code|_iso)?|presentment_currency",
        says=r"lower[- ]?case",
    ),
    Meaning(name="currency", names=r"\w+", says=r"iso[- ]?4217|(three|3)[- ]letter currency code"),
    Meaning(
        name="address.country", names=r"\w+", says=r"(two|2)[- ]letter country code|iso[- ]?3166(-1)? alpha-2"
    ),
    Meaning(name="currency", names=r"currency(_code|_iso)?|presentment_currency"),
    Meaning(
        name="count", types=_NUM, names=r"count|counts|number_of_\w+|total_(count|blocked_by|blocking|items)"
    ),
    Meaning(name="percent", types=_NUM, names=r"percent_\w+"),
    Meaning(
        name="cents",
        types=("integer",),
        names=r"cents|\w*(amount|price|total|subtotal|balance|cost|fee|tax|discount|due|paid|refunded|credit|debit|"
        r"revenue|charge|salary|tip)(_in_cents|_cents|_minor|_minor_units)?|amount_\w+|"
        r"(total|unit)_(price|amount|tax|cost|due|paid|discount|fee|shipping)\w*",
    ),
    Meaning(
        name="percent",
        types=_ANY,
        names=r"percent(_off)?|rate|tax_rate|ratio|discount_percent|\w+_percent|progress|"
        r"commission_rate|interest",
    ),
    Meaning(
        name="money",
        types=("number", "string"),
        names=r"amount|price|total|subtotal|balance|cost|fee|tax|discount|"
        r"due|revenue|charge|salary|tip|amount_\w+|total_(price|amount|tax)|unit_(price|amount)|price_\w+|value_amount",
    ),
    Meaning(
        name="count",
        types=_NUM,
        names=r"count|counts|total_\w+|number_of_\w+|\w+_count|views|likes|forks|stars|"
        r"watchers|attempt|attempts|retries|retry|open_issues|additions|deletions|changed_files|commits|"
        r"comments|size_\w*",
    ),
    Meaning(
        name="quantity", types=_ANY, names=r"quantity|units|seats|stock|inventory|usage|usage_limit|limit"
    ),
    Meaning(name="size", types=_NUM, names=r"size|bytes|content_length|file_size|length|file_bytes"),
    Meaning(name="celsius", types=_NUM, names=r"celsius|temperature|temp|fahrenheit|degrees"),
    Meaning(name="year", types=_NUM, names=r"year|exp_year|expiry_year|expiration_year"),
    Meaning(name="month", types=_NUM, names=r"month|exp_month|expiry_month|expiration_month"),
    Meaning(name="day", types=_NUM, names=r"day|day_of_month"),
    Meaning(name="hour", types=_NUM, names=r"hour|hour_of_day"),
    Meaning(name="minute", types=_NUM, names=r"minute|second"),
    Meaning(
        name="ordinal",
        types=_NUM,
        names=r"number|index|position|sequence|order|rank|line|page|priority|port|"
        r"version|run_number|sort_order|level|offset|iid|score|weight|age",
    ),
    Meaning(
        name="seconds",
        types=_NUM,
        names=r"duration|ttl|timeout|interval|elapsed|latency|seconds|ms|milliseconds|"
        r"minutes|hours|days|expires_in|delay|period|duration_\w+",
    ),
    Meaning(name="boolean", types=("boolean",), names=r"\w+"),
    # Locale.
    Meaning(name="locale", names=r"accept_language|locale(_code)?|culture|preferred_locale|language_tag"),
    Meaning(
        name="language",
        names=r"language(_code)?|preferred_language|speech_language",
        not_under="repository|project|repo|code|gist|file",
    ),
    Meaning(name="programming_language", names=r"language", under="repository|project|repo|code|gist|file"),
    # Net and files.
    Meaning(name="user_agent", names=r"user_agent|browser"),
    Meaning(
        name="url.image",
        names=r"(avatar|logo|image|photo|picture|icon|thumbnail|gravatar|banner)(_url|_src)|avatar|"
        r"picture|logo|thumbnail|photo",
    ),
    Meaning(
        name="url",
        names=r"url|urls|website|homepage|home_page|webpage|permalink|callback|webhook_url|web_site|"
        r"\w+_url|redirect|landing_page|blog",
    ),
    Meaning(name="hostname", names=r"host_name|host|domain(_name)?|subdomain|fqdn|server_name|server"),
    Meaning(
        name="path",
        names=r"path|file_path|filepath|folder|directory|pathname|route|endpoint|full_path|referer_path",
    ),
    Meaning(name="filename", names=r"file_name|attachment_name|document_name|original_file_name|file"),
    Meaning(
        name="filename",
        exact="name",
        under="file|attachment|document|upload|asset|image|artifact|photo|video",
    ),
    Meaning(name="mime", names=r"mime(_?type)?|content_type|media_type|file_type|datacontenttype|enc_type"),
    Meaning(name="method", names=r"(http_|request_)?method", under="request|http|log|webhook"),
    Meaning(name="color", names=r"color|color_code|hex|background_color|hex_color"),
    Meaning(
        name="version",
        names=r"version|(api|app|schema|sdk|os|client)_version|firmware|semver|release|tag_name|ref_name",
    ),
    Meaning(
        name="git_ref",
        names=r"ref|reference|base_ref|head_ref|branch(_name)?|default_branch|head_branch",
        under="push|commit|head|base|repository|workflow_run|check_suite|deployment",
    ),
    Meaning(
        name="git_ref", names=r"branch(_name)?|default_branch|head_branch|base_ref|head_ref|master_branch"
    ),
    # What the description alone tells.
    Meaning(name="date", names=r"\w+", says=r"\byyyy-mm-dd\b(?!.*(hh|t\d))"),
    Meaning(
        name="time.updated",
        names=r"\w+",
        says=r"\b(iso[- ]?8601|rfc[- ]?3339)\b(?!.*(duration|date\b(?! ?-?time)))",
    ),
    Meaning(
        name="url",
        names=r"\w+",
        says=r"^(the |an? |full |public |absolute )*(url|link)\b( of| to| for| where|$|\.)",
    ),
    Meaning(name="address.timezone", names=r"\w+", says=r"iana (time ?zone|tz)|tz database|olson"),
    Meaning(name="ip", names=r"\w+", says=r"^(the |an? |client |remote )*ip(v4)? address"),
    Meaning(name="relation", exact="rel"),
    # People and firms.
    Meaning(
        name="person.given", names=r"first_name|forename|middle_name|preferred_name|nickname|nick_name|nick"
    ),
    Meaning(name="person.family", names=r"last_name|maiden_name|second_name"),
    Meaning(name="username", names=r"user_name|login|handle|screen_name|user_login|account_name|alias"),
    Meaning(
        name="company",
        names=r"company|organization|merchant_name|vendor_name|supplier_name|employer|vendor|"
        r"supplier|brand|bank_name|merchant|statement_descriptor|doing_business_as|manufacturer|customer_company",
    ),
    Meaning(
        name="path.repository", exact="full_name|path_with_namespace", under="repository|project|repo|package"
    ),
    Meaning(
        name="person.name",
        names=r"full_name|display_name|real_name|contact_name|customer_name|user_name_full|owner_name|"
        r"account_holder(_name)?|cardholder(_name)?|holder_name|recipient_name|sender_name|author_name|"
        r"(billing|shipping|bill_to|ship_to|buyer|seller|payer|payee|employee|member|assignee|creator|signer|contact|"
        r"user|person|guest|driver|client|patient|manager|reviewer|from|to)_name|legal_representative",
    ),
    Meaning(
        name="person.name",
        exact="name|name_full|author|assignee|owner|contact|recipient|sender|signer|attention|"
        "attn|care_of|cardholder",
        under=_PEOPLE,
    ),
    Meaning(name="company", exact="name", under=_FIRMS),
    Meaning(name="company", exact="name", says=r"compan|organi[sz]ation|business|merchant|vendor"),
    Meaning(
        name="person.name",
        exact="name",
        says=r"name of (the |a |this )?(customer|user|person|contact|owner|member|"
        r"recipient|cardholder|buyer|client)|full name|(customer|user|person|contact|member|client)'?s? name",
    ),
    Meaning(
        name="person.name",
        exact="author|assignee|cardholder|account_holder|attention|contact_person|salesperson",
    ),
    Meaning(
        name="slug",
        exact="name",
        under="repository|repo|branch|label|tag|project|package|topic|release|workflow|"
        "environment|job|step|module|key|ref|check_run|workflow_job|runner_group",
    ),
    Meaning(
        name="slug",
        names=r"slug|key|code|full_slug|permalink_slug|lookup_key|short_name|coupon|promo_code|handle_name|"
        r"category|tag|topic|label|group|channel|identifier_name|environment|queue|full_name_slug",
    ),
    Meaning(
        name="job",
        names=r"job_title|occupation|profession|position|role_title|designation",
        not_under="list|item",
    ),
    Meaning(name="gender", names=r"gender|sex"),
    # Text.
    Meaning(
        name="status",
        names=r"status|state|status_code|phase|stage|outcome|result|conclusion|condition|health",
        types=("string",),
    ),
    Meaning(name="status_code", names=r"status|status_code|http_status|response_code|http_code", types=_NUM),
    Meaning(name="html", names=r"html|body_html|html_body|content_html|description_html|message_html"),
    Meaning(
        name="markdown", names=r"markdown|body_markdown|readme|body_md|changelog|release_note|release_notes"
    ),
    Meaning(
        name="markdown", exact="body", under="issue|pull_request|comment|review|release|discussion|commit"
    ),
    Meaning(
        name="title",
        names=r"title|subject|headline|heading|summary|name|caption|display|product|plan|item|feature|"
        r"product_name|plan_name|label_text|nick",
    ),
    Meaning(
        name="text",
        names=r"description|comment|comments|note|notes|message|body|text|content|reason|details|bio|about|"
        r"remark|explanation|instructions|excerpt|snippet|error|error_message|feedback|memo|cancellation_reason|reasons",
    ),
    Meaning(
        name="kind",
        names=r"type|kind|category|class|action|mode|source|method|role|level|tier|scheme|scope|interval|"
        r"permission|visibility|event|operation|severity|priority|variant",
    ),
    Meaning(name="word", names=r"\w+"),
    Meaning(name="number", types=_NUM, names=r"\w*"),
    Meaning(name="boolean", types=("boolean",), names=r"\w*"),
)
