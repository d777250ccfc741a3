@echo off
setlocal
rem The command line in the editor's terminals. SWEEPDECK_NODE is the runtime that the editor itself runs on.
if not defined SWEEPDECK_NODE set "SWEEPDECK_NODE=node"
set ELECTRON_RUN_AS_NODE=1
"%SWEEPDECK_NODE%" "%~dp0..\dist\cli.cjs" %*
