// `kubectl completion SHELL`: code for a shell that asks `kubectl __complete` how a line may go on.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/completion/completion.go (the code is ours).
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';

export const completion = defineCommand({
  use: 'completion SHELL',
  short: 'Print the code that completes words in a shell (bash, zsh, fish or powershell)',
  long: `Prints code for a shell: bash, zsh, fish or powershell. Once the shell has read it, Tab completes commands, flags, types
and names of objects.`,
  example: `# In this bash; put the line into ~/.bashrc to keep it
source <(kubectl completion bash)

# In this zsh; put the line into ~/.zshrc to keep it
source <(kubectl completion zsh)

# In fish, for good
kubectl completion fish > ~/.config/fish/completions/kubectl.fish

# In this powershell
kubectl completion powershell | Out-String | Invoke-Expression`,
  async run({ args, commandPath, streams }) {
    const [shell, ...more] = args;
    if (shell === undefined) throw new UsageError('Shell not specified.', commandPath);
    if (more.length > 0) throw new UsageError('Too many arguments. Expected only the shell type.', commandPath);
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined) throw new UsageError(`Unsupported shell type ${JSON.stringify(shell)}.`, commandPath);
    streams.out.write(script);
  },
});

const BASH = `# Completion of kubectl in bash.
__kubectl_complete() {
    local current previous words=() count line directive=0 candidates=()
    # '=' and ':' part words in bash: put together again what belongs together.
    read -r -a words <<<"\${COMP_LINE:0:COMP_POINT}"
    [[ \${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
    count=\${#words[@]}
    current=\${words[count-1]}
    while IFS= read -r line; do
        if [[ $line == :* ]]; then directive=\${line#:}; else candidates+=("\${line%%$'\\t'*}"); fi
    done < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
    COMPREPLY=()
    if ((directive & 8)); then
        local ending
        for ending in "\${candidates[@]}"; do
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -X "!*.$ending" -- "$current")
        done
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current")
        compopt -o filenames 2>/dev/null
        return
    fi
    [[ $current == --*=* ]] && current=\${current#*=}
    previous=\${current%"\${current##*[=:]}"}
    for line in "\${candidates[@]}"; do
        [[ $line == "$current"* ]] && COMPREPLY+=("\${line#"$previous"}")
    done
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 4)) || ((\${#COMPREPLY[@]})) || compopt -o default 2>/dev/null
}
complete -F __kubectl_complete kubectl
`;

const ZSH = `#compdef kubectl
# Completion of kubectl in zsh.
_kubectl() {
    local line directive=0 value
    local -a lines texts values
    lines=("\${(@f)$(\${words[1]} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "\${lines[@]}"; do
        if [[ $line == :* ]]; then directive=\${line#:}; continue; fi
        value=\${line%%$'\\t'*}
        values+=("$value")
        if [[ $line == *$'\\t'* ]]; then texts+=("$value -- \${line#*$'\\t'}"); else texts+=("$value"); fi
    done
    if (( directive & 8 )); then
        _files -g "*.(\${(j:|:)values})"
        return
    fi
    if [[ \${words[CURRENT]} == --*=* ]]; then compset -P '*='; fi
    if (( directive & 2 )); then
        compadd -S '' -l -d texts -a values && return
    elif (( \${#values} )); then
        compadd -l -d texts -a values && return
    fi
    (( directive & 4 )) || _files
}
compdef _kubectl kubectl
`;

const FISH = `# Completion of kubectl in fish.
function __kubectl_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l head (string match -r -- '^--[^=]*=' $current)
    set -l directive 0
    set -l lines
    for line in ($before[1] __complete $before[2..-1] $current 2>/dev/null)
        if string match -q ':*' -- $line
            set directive (string sub -s 2 -- $line)
        else
            set -a lines $line
        end
    end
    if test $directive -eq 0 -o $directive -eq 8
        __fish_complete_path $current
        return
    end
    for line in $lines
        echo $head$line
    end
end
complete -c kubectl -f -a '(__kubectl_complete)'
`;

const POWERSHELL = `# Completion of kubectl in powershell.
Register-ArgumentCompleter -Native -CommandName kubectl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    $words = @($before | Select-Object -Skip 1) + @($(if ($wordToComplete -eq '') { '""' } else { $wordToComplete }))
    $lines = @(Invoke-Expression "kubectl __complete $($words -join ' ')" 2>$null)
    $lines | Where-Object { $_ -notmatch '^:' } | ForEach-Object {
        $value, $text = $_ -split "\`t", 2
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $(if ($text) { $text } else { $value }))
    }
}
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL };
