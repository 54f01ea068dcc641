"""Writes letters in the layouts that senders use: cards, buttons of pictures, tables of contents, days, shares."""
import sys

to = sys.argv[1]
S=[('La région finance la rénovation de deux cents lycées','Le plan porte sur dix ans et commence par les lycées chauffés au fioul.','lycees'),('Un réseau de chaleur au bois pour huit mille logements','La chaufferie brûlera des plaquettes venues de moins de cent kilomètres.','reseau'),('Ce que change la nouvelle norme','Trois architectes disent ce qu’ils en font, et ce que cela coûte.','norme'),('Les artisans manquent : une école ouvre','Quarante élèves apprennent le métier de chauffagiste en dix-huit mois.','ecole'),('Le retour des volets','Ils gagnent quatre degrés l’été, pour trois fois rien.','volets')]
U='https://lettre.example/'
foot='<p style="font-size:11px">Vous recevez cette lettre car vous êtes abonné. <a href="https://lettre.example/out?r=1">Se désabonner</a></p>'
def save(n,h): open(f'{to}/layout-{n}.eml','w').write('From: La lettre <lettre@lettre.example>\nTo: v@maison.example\nSubject: La lettre de novembre\nDate: Fri, 20 Nov 2026 08:00:00 +0100\nList-Unsubscribe: <https://lettre.example/out?r=1>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><body>'+h+foot+'</body></html>')
j=''.join
save('cardlink',j(f'<a href="{U}{u}" style="text-decoration:none;color:#000"><table><tr><td><img src="p.png" width="200"></td><td><h3>{t}</h3><p>{b}</p><span style="color:#c00">Lire l’article →</span></td></tr></table></a>' for t,b,u in S))
save('alts',j(f'<table><tr><td><a href="{U}{u}"><img src="p{u}.png" width="600" height="300" alt="{t}"></a></td></tr></table>' for t,b,u in S))
save('alts-text',j(f'<table><tr><td><a href="{U}{u}"><img src="p{u}.png" width="600" alt="{t}"></a></td></tr><tr><td>{b}</td></tr><tr><td><a href="{U}{u}"><img src="btn.png" alt="Lire la suite"></a></td></tr></table>' for t,b,u in S))
save('btnimg',j(f'<table><tr><td><h2>{t}</h2></td></tr><tr><td>{b}</td></tr><tr><td><a href="{U}{u}"><img src="btn.png" alt="Lire la suite"></a></td></tr></table>' for t,b,u in S))
save('mobile',j(f'<div class="desk"><h2><a href="{U}{u}">{t}</a></h2><p>{b}</p></div><!--[if !mso]><!--><div class="mob" style="display:none;max-height:0px;overflow:hidden;mso-hide:all"><h2><a href="{U}{u}?m=1">{t}</a></h2><p>{b}</p></div><!--<![endif]-->' for t,b,u in S))
save('bulletproof',j(f'<h2>{t}</h2><p>{b}</p><div><!--[if mso]><v:roundrect href="{U}{u}"><center>Lire</center></v:roundrect><![endif]--><a href="{U}{u}" style="background-color:#000;mso-hide:all;">Lire l’article</a></div>' for t,b,u in S))
save('toc',"<h2>Au sommaire</h2><ul>"+j(f'<li><a href="#a{i}">{s[0]}</a></li>' for i,s in enumerate(S))+'</ul>'+j(f'<a name="a{i}"></a><h2>{t}</h2><p>{b}</p><p>Une seconde phrase qui renvoie <a href="{U}{u}">au dossier complet</a> et à <a href="{U}{u}/annexe">son annexe</a>, pour qui veut.</p><p><a href="#top">Haut de page</a></p>' for i,(t,b,u) in enumerate(S)))
save('sections',j(f'<h1>{sec}</h1>'+j(f'<p><strong><a href="{U}{u}">{t}</a></strong><br>{b}</p>' for t,b,u in part) for sec,part in (('À la une',S[:1]),('Énergie',S[1:3]),('Métiers',S[3:]))))
save('share',j(f'<h2>{t}</h2><p>{b}</p><p><a href="{U}{u}">Lire</a> | <a href="https://www.linkedin.com/sharing/share-offsite/?url={U}{u}">Partager</a> | <a href="mailto:?subject=x">Envoyer</a></p>' for t,b,u in S))
save('source',j(f'<p><a href="{U}{u}"><b>{t}</b></a><br><i>Le Moniteur, 19 novembre 2026 — Julie Petit</i><br>{b}</p>' for t,b,u in S))
save('numbers',j(f'<table><tr><td style="font-size:30px">{i+1}</td><td><b>{t}</b><br>{b} <a href="{U}{u}">&gt; En savoir +</a></td></tr></table>' for i,(t,b,u) in enumerate(S)))
save('events',j(f'<p><b>{12+i} décembre – Lyon</b><br>{t}<br>{b}<br><a href="{U}{u}">Programme et inscription</a></p>' for i,(t,b,u) in enumerate(S)))
save('quote',j(f'<blockquote><h3>{t}</h3><p>{b}</p><a href="{U}{u}">Lire</a></blockquote>' for t,b,u in S))
save('dl',"<dl>"+j(f'<dt><a href="{U}{u}">{t}</a></dt><dd>{b}</dd>' for t,b,u in S)+'</dl>')
save('emoji',j(f'<p>👉 <a href="{U}{u}">{t}</a><br>{b}</p>' for t,b,u in S))
save('lead',f'<h1>{S[0][0]}</h1><p>{S[0][1]}</p><p><a href="{U}{S[0][2]}">Lire</a></p><h2>Et aussi</h2><ul>'+j(f'<li><a href="{U}{u}">{t}</a></li>' for t,b,u in S[1:])+'</ul>')
