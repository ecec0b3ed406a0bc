-- What wrk measured, on one line: requests per second, the latencies at 50 % and 99 % and the longest in
-- milliseconds, answers by 503, other answers that are no success, and failed connections.
local threads = {}

function setup(thread)
	table.insert(threads, thread)
end

function init(args)
	unavailable, failed = 0, 0
	local think = tonumber(os.getenv("BENCH_THINK_MS") or "")
	if think then
		-- People look at a page before they ask for the next.
		math.randomseed(os.time())
		delay = function() return math.random(0, 2 * think) end
	end
end

function response(status, headers, body)
	if status == 503 then
		unavailable = unavailable + 1
	elseif status >= 400 then
		failed = failed + 1
	end
end

function done(summary, latency, requests)
	local unavailable, failed = 0, 0
	for _, thread in ipairs(threads) do
		unavailable = unavailable + thread:get("unavailable")
		failed = failed + thread:get("failed")
	end
	local errors = summary.errors
	io.write(string.format("report %.1f %.2f %.2f %.2f %d %d %d\n", summary.requests / summary.duration * 1e6,
		latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
		unavailable, failed, errors.connect + errors.read + errors.write + errors.timeout))
end
