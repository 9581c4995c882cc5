-- For wrk: asks for the paths of a list (the argument after --), one after the other.
local paths = {}
local n = 0

function init(arguments)
  for path in io.lines(arguments[1]) do paths[#paths + 1] = path end
end

function request()
  n = n % #paths + 1
  return wrk.format("GET", paths[n])
end
