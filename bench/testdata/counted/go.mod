module counted

go 1.16
