# Lines "FILE:LINE:#include <layer/name.h>": print those that cross layers the wrong way.
BEGIN {
	FS = ":"
	may["base"] = ""
	may["mustache"] = may["http"] = may["db"] = "base"
	may["store"] = "base db"
	may["auth"] = may["storage"] = "base store"
	may["domain"] = "base auth storage store db"
	may["mail"] = "base store mustache"
	may["webhook"] = "base store"
	may["identity"] = "base domain webhook"
	may["web"] = "base domain auth http mustache store"
	may["worker"] = "base domain mail storage store webhook"
	may["cli"] = "base mustache http db store auth storage domain mail worker"
}
{
	split($1, path, "/")
	from = path[2]
	match($0, /<[a-z]+\//)
	to = substr($0, RSTART + 1, RLENGTH - 2)
	if (!(from in may) || from == to) next # app/main.c puts everything together
	if (index(" " may[from] " ", " " to " ") == 0)
		print $1 ":" $2 ": " from " may not include " to "'s headers"
}
