"""Failures with the change that led to them, each beside changes that came at the same time and did not."""

from __future__ import annotations

from typing import NamedTuple

from incidents.analysis.observed import Change
from tests.incidents.analysis.scenes import change


class Failure(NamedTuple):
    """What ``orders`` writes while it fails, and the change that leads to it."""

    name: str
    error: str
    text: str
    diff: str
    files: tuple[str, ...] = ("services/orders/main.go",)


FAILURES = (
    Failure(
        "attempts",
        "retry 9 of 10 to stock failed: too many requests in flight, circuit open",
        "chore: be more patient with stock",
        "@@ client.go\n-\tMaxAttempts: 2,\n+\tMaxAttempts: 10,\n"
        "-\tBackoff: 200 * time.Millisecond,\n+\tBackoff: 0,",
    ),
    Failure(
        "validity of a cache",
        "cache miss for product:<id>, loading from database; query latency 2300ms",
        "tune product cache",
        "@@ cache.yaml\n product:\n-  ttl: 3600s\n+  ttl: 5s",
    ),
    Failure(
        "field of a message",
        "failed to decode OrderPlaced: missing required field customer_ref",
        "rename customerId to clientRef in the order event",
        "@@ events.go\n type OrderPlaced struct {\n"
        '-\tCustomerRef string `json:"customer_ref"`\n'
        '+\tClientRef string `json:"client_ref"`\n }',
    ),
    Failure(
        "missing setting",
        "KeyError: 'PAYMENT_KEYS_URL': required environment variable is not set",
        "read the key store's address from the environment",
        '@@ settings.py\n-KEYS_URL = "http://keys:8080"\n+KEYS_URL = os.environ["PAYMENT_KEYS_URL"]',
        ("services/orders/settings.py",),
    ),
    Failure(
        "lost index",
        "slow query: SELECT id FROM order_lines WHERE order_ref = $1 took 8200 ms, seq scan on order_lines",
        "drop unused indexes",
        "@@ 0042_cleanup.sql\n+DROP INDEX idx_order_lines_order_ref;",
        ("services/orders/migrations/0042_cleanup.sql",),
    ),
    Failure(
        "rules of the network",
        "dial tcp 10.4.0.9:8080: connect: connection refused by policy, no route to host stock",
        "tighten network policy of the shop",
        "@@ policy.yaml\n kind: NetworkPolicy\n egress:\n-  - to: stock\n-    ports: [8080]\n"
        "+  - to: payments\n+    ports: [8443]",
        ("deploy/orders/policy.yaml",),
    ),
    Failure(
        "audience of a token",
        "401 unauthorized: invalid audience in token for payments",
        "use the new identity client",
        '@@ auth.ts\n-  audience: "payments",\n+  audience: "payments-v2",\n   issuer: config.issuer,',
        ("services/orders/auth.ts",),
    ),
    Failure(
        "leaked connections",
        "could not acquire connection: pool exhausted, 50 of 50 in use",
        "stream the export of orders",
        "@@ export.go\n rows, err := db.Query(ctx, q)\n-\tdefer rows.Close()\n"
        "+\tfor rows.Next() {\n+\t\tout.Write(rows)\n+\t}",
    ),
    Failure(
        "catastrophic expression",
        "cpu_throttled: event loop blocked for 12000 ms while validating address",
        "validate addresses on entry",
        "@@ validate.js\n+const ADDRESS = new RegExp('^(\\\\w+\\\\s?)*$');\n"
        "+if (!ADDRESS.test(input)) throw new BadRequest();",
        ("services/orders/validate.js",),
    ),
    Failure(
        "order of locks",
        "ERROR: deadlock detected: process 4711 waits for ShareLock on order_totals",
        "recompute totals in one go",
        "@@ totals.py\n+    rows = OrderTotal.objects.select_for_update().order_by('?')\n"
        "+    cursor.execute('LOCK TABLE order_totals')",
        ("services/orders/totals.py",),
    ),
    Failure(
        "memory",
        "OOMKilled: container exceeded memory limit 256Mi",
        "resize orders",
        "@@ values.yaml\n resources:\n   limits:\n-    memory: 1024Mi\n+    memory: 256Mi",
        ("charts/orders/values.yaml",),
    ),
    Failure(
        "lost guard",
        "TypeError: Cannot read properties of undefined (reading 'couponCode')",
        "simplify the price of an order",
        "@@ price.ts\n-  const code = order.discount?.couponCode ?? '';\n"
        "+  const code = order.discount.couponCode;",
        ("services/orders/price.ts",),
    ),
    Failure(
        "consumer",
        "consumer lag of order-events is 120000 and growing; max.poll.interval exceeded, rebalancing",
        "consume in larger batches",
        "@@ consumer.properties\n-max.poll.records=50\n+max.poll.records=5000",
        ("services/orders/consumer.properties",),
    ),
    Failure(
        "address",
        "lookup stock.shop.internal: no such host",
        "move stock to the new zone",
        "@@ config.yaml\n-  stock_url: http://stock:8080\n+  stock_url: http://stock.shop.internal:8080",
        ("config/orders.yaml",),
    ),
    Failure(
        "rate",
        "429 too many requests: rate limit of tenant exceeded",
        "protect orders from bursts",
        "@@ limits.go\n-\tlimiter := rate.NewLimiter(500, 1000)\n+\tlimiter := rate.NewLimiter(20, 20)",
    ),
    Failure(
        "time zone",
        "token used before issued: clock skew of 3600 s, timestamp in the future",
        "issue order tokens in local time",
        "@@ token.py\n-    issued = datetime.now(UTC)\n+    issued = datetime.now()",
        ("services/orders/token.py",),
    ),
    Failure(
        "missing table",
        'sqlalchemy ProgrammingError: relation "order_notes" does not exist',
        "show notes beside orders",
        '@@ notes.py\n+NOTES = "SELECT id, text FROM order_notes WHERE order_ref = :ref"\n'
        "+rows = session.execute(NOTES)",
        ("services/orders/notes.py",),
    ),
    Failure(
        "missing value",
        "panic: runtime error: invalid memory address or nil pointer dereference in applyVoucher",
        "apply vouchers to orders",
        "@@ voucher.go: func (s *Server) applyVoucher(o *Order) Money {\n"
        "+\treturn o.Total.Minus(o.Voucher.Amount.Value)",
    ),
    Failure(
        "time limit",
        "context deadline exceeded calling stock after 101 ms",
        "fail fast on stock",
        "@@ stock_client.go\n-\tctx, cancel := context.WithTimeout(ctx, 3*time.Second)\n"
        "+\tctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)",
    ),
    Failure(
        "shared default",
        "timed out waiting for a free connection: pool exhausted",
        "lower the default of the shared pool",
        "@@ pkg/db/pool.go\n-const defaultMaxConns = 40\n+const defaultMaxConns = 8",
        ("pkg/db/pool.go",),
    ),
    Failure(
        "work left running",
        "runtime: goroutine count 184000, memory limit exceeded, OOMKilled",
        "refresh prices in the background",
        "@@ prices.go\n+\tgo func() {\n+\t\tfor {\n+\t\t\trefresh(o)\n+\t\t}\n+\t}()",
    ),
    Failure(
        "unbounded list",
        "java.lang.OutOfMemoryError: Java heap space",
        "keep the last orders for the dashboard",
        "@@ Recent.java\n"
        "+  private static final List<Order> recentOrders = new ArrayList<>();\n"
        "+  recentOrders.add(order);",
        ("services/orders/Recent.java",),
    ),
    Failure(
        "call for each line",
        "slow request: 61 queries per request, SELECT name FROM products WHERE id = ?",
        "show product names",
        "@@ view.py\n for line in order.lines:\n-    names.append(line.product_name)\n"
        "+    names.append(db.execute('SELECT name FROM products WHERE id = ?', line.product_id))",
        ("services/orders/view.py",),
    ),
    Failure(
        "credentials",
        "access denied for user orders_rw: insufficient privilege on queue refunds",
        "narrow the role of orders",
        '@@ role.tf\n resource "iam_policy" "orders" {\n'
        '-  actions = ["queue:Send", "queue:Receive"]\n+  actions = ["queue:Send"]',
        ("terraform/orders/role.tf",),
    ),
)

DECOYS: tuple[Change, ...] = (
    change(
        "tidied",
        "refactor: tidy the PlaceOrder handler",
        "@@ handler.go\n-\tif err := json.NewDecoder(r.Body).Decode(&req); err != nil {\n"
"-\t\thttp.Error(w, err.Error(), 400)\n"
        "-\t\treturn\n-\t}\n+\treq, err := decodeRequest[PlaceOrder](r)\n+\tif err != nil {\n"
"+\t\twriteError(w, 400, err)\n"
        "+\t\treturn\n+\t}",
        at=-2,
        files=("services/orders/handler.go",),
    ),
    change("pinned", "chore: bump dependencies", "@@ go.mod\n-\texample.org/x/mux v1.8.0\n+\texample.org/x/mux v1.8.1",
           at=-4, files=("go.mod", "go.sum")),
    change("styled", "restyle the order button", "@@ orders.css\n-.order { padding: 8px; }\n+.order { padding: 10px; }",
           at=-1, service="web", files=("services/web/static/orders.css",)),
    change("documented", "docs: describe the order flow", at=-3, service="", files=("docs/orders.md",),
           kind="commit", is_live=False),
    change("logged", "chore: structured access log", '@@ log.go\n-\tlog.Printf("%s %d", path, status)\n'
           '+\tlogger.Info("handled", "path", path, "status", status)', at=-6, files=("services/orders/log.go",)),
    change("flag new_banner", "feature flag new_banner off->on", at=-5, kind="flag"),
)  # fmt: skip

CONDITIONS = (
    (
        "certificate",
        "x509: certificate has expired or is not yet valid: current time is after 2026-03-05T11:00:00Z",
    ),
    ("provider", "payment provider api.cardbank.com returned 503 service unavailable"),
    ("infrastructure", "node ip-10-0-4-7 is NotReady: volume detached, I/O error"),
    ("infrastructure", "write failed: no space left on device"),
    ("infrastructure", "lookup stock: SERVFAIL, resolver timeout on 10.0.0.2"),
    ("data", "supplier feed row 48812 is malformed: unexpected null in price"),
)
