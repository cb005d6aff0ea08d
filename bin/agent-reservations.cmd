@echo off
rem As the script beside it does: with the machine's Node, or where it has none with VS Code's own.
setlocal
where /q node
if not errorlevel 1 (
  node "%~dp0..\dist\cli.js" %*
  exit /b
)
if not defined AGENT_RESERVATIONS_NODE (
  echo agent-reservations: there is no node on the PATH. Install Node 20 or newer. 1>&2
  exit /b 1
)
set ELECTRON_RUN_AS_NODE=1
"%AGENT_RESERVATIONS_NODE%" "%~dp0..\dist\cli.js" %*
