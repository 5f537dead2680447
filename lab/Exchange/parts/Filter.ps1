# Recipient filters: the part of OPATH that scopes are written in. Everything else is a loud error.

$script:FilterToken = [regex]('\G\s*(?:(?<mark>[()])|(?<operator>-[A-Za-z]+)|(?<word>[A-Za-z]+)|' +
    '''(?<value>(?:[^'']|'''')+)'')')
$script:FilterFields = @{
    Alias                = 'alias'
    Name                 = 'name'
    DisplayName          = 'displayName'
    PrimarySmtpAddress   = 'primarySmtpAddress'
    WindowsEmailAddress  = 'primarySmtpAddress'
    EmailAddresses       = 'emailAddresses'
    SamAccountName       = 'samAccountName'
    UserPrincipalName    = 'userPrincipalName'
    DistinguishedName    = 'distinguishedName'
    RecipientTypeDetails = 'recipientTypeDetails'
    Guid                 = 'guid'
    MemberOfGroup        = ''
}
$script:ExactFields = @('DistinguishedName', 'RecipientTypeDetails', 'Guid', 'MemberOfGroup')

function Stop-Filter {
    param([string]$Expected, [string]$Got)

    Stop-Call -Reason 'ParsingException' -Message 'InvalidFilter' -With $Expected, $Got
}

function Read-Filter {
    param([string]$Text)

    $reader = @{ Tokens = @(Get-FilterToken -Text $Text.TrimEnd()); Position = 0 }
    $node = Read-FilterExpression -Reader $reader
    if ($reader.Position -lt $reader.Tokens.Count) {
        Stop-Filter -Expected 'the end' -Got (Get-NextToken -Reader $reader).Text
    }
    return $node
}

function Get-FilterToken {
    param([string]$Text)

    $position = 0
    while ($position -lt $Text.Length) {
        $found = $script:FilterToken.Match($Text, $position)
        if (-not $found.Success) {
            $rest = $Text.Substring($position)
            Stop-Filter -Expected 'a property, an operator or a value in single quotes' -Got $rest
        }
        foreach ($kind in 'mark', 'operator', 'word', 'value') {
            if ($found.Groups[$kind].Success) { @{ Kind = $kind; Text = $found.Groups[$kind].Value } }
        }
        $position += $found.Length
    }
}

function Get-NextToken {
    param([hashtable]$Reader)

    if ($Reader.Position -lt $Reader.Tokens.Count) { return $Reader.Tokens[$Reader.Position] }
    return @{ Kind = ''; Text = '' }
}

function Read-Token {
    param([hashtable]$Reader, [string]$Kind, [string[]]$Texts)

    $token = Get-NextToken -Reader $Reader
    if ($token.Kind -ne $Kind -or ($Texts -and $token.Text -notin $Texts)) {
        Stop-Filter -Expected ($(if ($Texts) { $Texts } else { $Kind }) -join ', ') -Got $token.Text
    }
    $Reader.Position++
    return $token.Text
}

# Terms joined by one operator: in which order Exchange takes a mixture is not documented, so a mixture is refused.
function Read-FilterExpression {
    param([hashtable]$Reader)

    $terms = [Collections.Generic.List[object]]::new()
    $terms.Add((Read-FilterTerm -Reader $Reader))
    $joint = (Get-NextToken -Reader $Reader).Text
    while ($joint -in '-and', '-or' -and (Get-NextToken -Reader $Reader).Text -in '-and', '-or') {
        $null = Read-Token -Reader $Reader -Kind 'operator' -Texts $joint
        $terms.Add((Read-FilterTerm -Reader $Reader))
    }
    if ($terms.Count -eq 1) { return $terms[0] }
    return @{ Kind = $joint.ToLowerInvariant(); Terms = $terms }
}

function Read-FilterTerm {
    param([hashtable]$Reader)

    $token = Get-NextToken -Reader $Reader
    if ($token.Kind -eq 'operator' -and $token.Text -eq '-not') {
        $Reader.Position++
        $ahead = Get-NextToken -Reader $Reader
        if ($ahead.Text -notin '(', '-not' -or $ahead.Kind -eq 'value') {
            Stop-Filter -Expected 'a parenthesis after -not' -Got $ahead.Text
        }
        return @{ Kind = '-not'; Term = (Read-FilterTerm -Reader $Reader) }
    }
    if ($token.Kind -ne 'mark') { return Read-FilterCondition -Reader $Reader }
    $null = Read-Token -Reader $Reader -Kind 'mark' -Texts '('
    $node = Read-FilterExpression -Reader $Reader
    $null = Read-Token -Reader $Reader -Kind 'mark' -Texts ')'
    return $node
}

function Read-FilterCondition {
    param([hashtable]$Reader)

    $word = Read-Token -Reader $Reader -Kind 'word'
    $property = @($script:FilterFields.Keys | Where-Object -FilterScript { $_ -eq $word })
    if (-not $property) { Stop-Filter -Expected 'a property that can be filtered' -Got $word }
    $operator = (Read-Token -Reader $Reader -Kind 'operator' -Texts '-eq', '-ne', '-like').ToLowerInvariant()
    $value = (Read-Token -Reader $Reader -Kind 'value').Replace("''", "'")
    Assert-FilterValue -Property $property[0] -Operator $operator -Value $value
    return @{ Kind = 'condition'; Property = $property[0]; Operator = $operator; Value = $value }
}

function Assert-FilterValue {
    param([string]$Property, [string]$Operator, [string]$Value)

    $guid = [guid]::Empty
    if ($Operator -eq '-like' -and $Property -in $script:ExactFields) {
        Stop-Filter -Expected 'a property that -like can compare' -Got $Property
    }
    if ($Operator -eq '-like' -and $Value.Length -gt 2 -and $Value.Substring(1, $Value.Length - 2).Contains('*')) {
        Stop-Filter -Expected 'a star first or last only' -Got $Value
    }
    if ($Property -eq 'RecipientTypeDetails' -and $Value -notin $script:Kinds['Any']) {
        Stop-Filter -Expected 'a recipient type' -Got $Value
    }
    if ($Property -eq 'Guid' -and -not [guid]::TryParse($Value, [ref]$guid)) {
        Stop-Filter -Expected 'a guid' -Got $Value
    }
}

# Exchange stores a filter in its own spelling: every condition and every join in parentheses.
function Format-Filter {
    param([hashtable]$Node)

    switch ($Node.Kind) {
        'condition' {
            $value = Get-StoredValue -Property $Node.Property -Value $Node.Value
            return "($($Node.Property) $($Node.Operator) '$($value.Replace("'", "''"))')"
        }
        '-not' { return "(-not $(Format-Filter -Node $Node.Term))" }
        default {
            $terms = foreach ($term in $Node.Terms) { Format-Filter -Node $term }
            return '(' + ($terms -join " $($Node.Kind) ") + ')'
        }
    }
}

function Get-StoredValue {
    param([string]$Property, [string]$Value)

    $null = $Property
    return $Value
}
